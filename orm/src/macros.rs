//! Macros.

/// Values for a new object: `new!(Article { title: "Hello", author: &ann })`; as in a struct,
/// `title` alone stands for `title: title`.
///
/// Fields with a default, nullable ones and automatic keys may be left out; a missing required field
/// or an unknown one does not compile.
#[macro_export]
macro_rules! new {
    ($model:ident $(:: $segment:ident)* { $($field:ident $(: $value:expr)?),* $(,)? }) => {{
        const _: () = $crate::__private::check_new(
            <$model $(:: $segment)* as $crate::Model>::META,
            &[$(::core::stringify!($field)),*],
        );
        $crate::New::<$model $(:: $segment)*>::new()
            $(.with(|fields| fields.$field().set($crate::__new_value!($field $($value)?))))*
    }};
}

/// The value of a field of [`new!`](crate::new), given or of the same name.
#[doc(hidden)]
#[macro_export]
macro_rules! __new_value {
    ($field:ident) => {
        $field
    };
    ($field:ident $value:expr) => {
        $value
    };
}
