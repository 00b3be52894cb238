//! Relations to one object.

use crate::backend::Executor;
use crate::error::{Error, Result};
use crate::model::{ForeignKey, Model, OneToOne, Scalar};

macro_rules! fetch {
    ($($name:ident),*) => {$(
        impl<M: Model> $name<M>
        where
            M::Key: Scalar,
        {
            /// Reads the object referred to, whether a query loaded it or not.
            ///
            /// SQL: one `SELECT`.
            ///
            /// # Errors
            /// [`Error::DoesNotExist`] if the row is gone.
            pub async fn fetch(&self, db: &impl Executor) -> Result<M> {
                <M as crate::query::Record>::get(db, self.id().clone()).await
            }
        }

        impl<M: Model> $name<M> {
            /// Refers to a saved object.
            ///
            /// # Errors
            /// [`Error::Usage`] if the object is not saved.
            pub fn to(object: &M) -> Result<Self> {
                object.key().map(Self::new).ok_or_else(|| {
                    Error::Usage(format!(
                        "the {} is not saved, so nothing can refer to it",
                        M::META.name
                    ))
                })
            }
        }
    )*};
}
fetch!(ForeignKey, OneToOne);
