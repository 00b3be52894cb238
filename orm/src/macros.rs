//! Macros.

/// Values for a new object: `new!(Article { title: "Hello", author: &ann })`; as in a struct,
/// `title` alone stands for `title: title`.
///
/// Fields with a default, nullable ones and automatic keys may be left out; a missing required field
/// or an unknown one does not compile. `..` at the end leaves a required one to whoever takes the
/// values, as `ann.articles.create(&db, new!(Article { title: "Hello", .. }))` does with the author.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// # fn main() -> Result<()> { run(async |db: Db| {
/// let ann = Author::get(&db, 1).await?;
/// let article = Article::create(&db, new!(Article { title: "Hi", author: &ann })).await?;
/// assert_eq!((article.views, article.editor), (0, None));
/// # Ok(()) }) }
/// ```
#[macro_export]
macro_rules! new {
    ($model:ident $(:: $segment:ident)* { $($field:ident $(: $value:expr)?,)* .. }) => {
        $crate::New::<$model $(:: $segment)*>::new()
            $(.with(|fields| fields.$field().set($crate::__new_value!($field $($value)?))))*
    };
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

/// Compares the models linked into the program with its migrations: `check_linked!(MIGRATIONS)`, one
/// line in a test or at start-up.
///
/// # Panics
/// With each difference: models made by macros, another set of features, a model without a migration,
/// a crate that is not linked at all.
#[cfg(feature = "migrate")]
#[macro_export]
macro_rules! check_linked {
    ($migrations:expr) => {
        $crate::__private::assert_linked($migrations)
    };
}

/// Runs code and checks how many statements it sent: `assert_queries!(db, 2, { … })`.
///
/// Only statements of this [`Db`](crate::Db) are counted, those of other tasks too.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// # fn main() -> Result<()> { run(async |db: Db| {
/// let authors = orm::assert_queries!(db, 2, {
///     Author::objects().prefetch(|a| a.articles()).all(&db).await?
/// });
/// assert_eq!(authors.len(), 2);
/// # Ok(()) }) }
/// ```
///
/// # Panics
/// With the statements, if their number is another one.
#[macro_export]
macro_rules! assert_queries {
    ($db:expr, $count:expr, $code:block) => {{
        let recorder = $db.record();
        let result = $code;
        let statements = recorder.all();
        ::core::assert_eq!(
            statements.len(),
            $count,
            "the statements were:\n{}",
            statements.join("\n")
        );
        result
    }};
}
