//! Room for rows: made for as many as came last, given back where few come.

use orm::prelude::*;
use orm::query::New;
use suite::models::blog::{Tag, fill};

cases! { many_then_few_then_many }

fn tags(ids: std::ops::Range<i64>) -> impl Iterator<Item = New<Tag>> {
    ids.map(|id| {
        new!(Tag {
            id,
            name: format!("t{id}")
        })
    })
}

async fn many_then_few_then_many(db: &Db) -> Result<()> {
    fill(db).await?;
    Tag::bulk_create(db, tags(100..3100)).await?;
    let later = Tag::filter(|t| t.id().gte(100)).order_by(|t| t.id());
    // In a transaction, so that one connection answers each time and knows what came last.
    let tx = db.begin().await?;
    for _ in 0..2 {
        let all = later.all(&tx).await?;
        assert_eq!(all.len(), 3000);
        assert!(all.iter().map(|t| t.id.get()).eq((100..3100).map(Some)));
    }
    let second = later.all(&tx).await?;
    assert_eq!(second.capacity(), 3000, "room for those that came last");
    Tag::filter(|t| t.id().gte(110)).delete(&tx).await?;
    let few = later.all(&tx).await?;
    assert!(few.iter().map(|t| t.id.get()).eq((100..110).map(Some)));
    assert!(few.capacity() <= 40, "room for {}", few.capacity());
    Tag::bulk_create(&tx, tags(200..5200)).await?;
    let more = later.all(&tx).await?;
    assert_eq!(more.len(), 5010);
    assert_eq!(more.last().and_then(|t| t.id.get()), Some(5199));
    tx.commit().await?;
    Ok(())
}
