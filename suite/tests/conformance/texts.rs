//! Texts that databases like to treat in their own ways.

use orm::prelude::*;
use orm::query::{value, when};
use suite::models::blog::{Article, fill, titles};
use suite::models::kinds::MaybeKinds;

cases! { every_character, every_pair_of_bytes, wildcards_of_every_dialect, case_beyond_ascii, blanks_and_nothing,
blanks_at_the_end if trailing_blanks, order_by_code_point, long_texts,
texts_of_no_column }

/// A text that comes of no column looks at case as one that does.
async fn texts_of_no_column(db: &Db) -> Result<()> {
    fill(db).await?;
    let word = |a: &<Article as Model>::Fields<Article, orm::model::Here>| {
        when(a.id().eq(1), "a")
            .when(a.id().eq(2), "A")
            .otherwise("B")
    };
    let words = Article::objects()
        .select(|a| word(a))
        .distinct()
        .all(db)
        .await?;
    assert_eq!(words, ["A", "B", "a"]);
    let ids = Article::objects()
        .order_by(|a| (word(a), a.id()))
        .select(|a| a.id())
        .all(db)
        .await?;
    assert_eq!(ids, [2, 3, 4, 5, 1]);
    let counts = Article::objects()
        .group_by(|a| word(a))
        .aggregate(|_| count())
        .all(db)
        .await?;
    let counts: Vec<i64> = counts.into_iter().map(|(_, n)| n).collect();
    assert_eq!(counts, [1, 3, 1]);
    let same = Article::filter(|_| value("text").eq("TEXT"));
    assert_eq!(same.count(db).await?, 0);
    // A backslash stands between capital letters and small ones.
    let digest = Article::filter(|a| a.title().md5().gt("\\"));
    let (letters, digits): (Vec<String>, Vec<String>) = Article::objects()
        .select(|a| a.title().md5())
        .all(db)
        .await?
        .into_iter()
        .partition(|md5| md5.starts_with(|c: char| c.is_ascii_lowercase()));
    assert!(!letters.is_empty() && !digits.is_empty(), "both are there");
    assert_eq!(digest.count(db).await?, letters.len() as u64);
    Ok(())
}

async fn put(db: &Db, title: &str) -> Result<()> {
    Article::filter(|a| a.views().eq(7)).delete(db).await?;
    let new = new!(Article {
        title: title,
        author: 1,
        views: 7
    });
    Article::create(db, new).await?;
    Ok(())
}

fn seven() -> QuerySet<Article> {
    Article::filter(|a| a.views().eq(7))
}

/// All of Unicode, each character between two others that mean something to a lexer.
async fn every_character(db: &Db) -> Result<()> {
    orm::create_tables(db, &[MaybeKinds::META]).await?;
    let all: Vec<char> = ('\0'..=char::MAX).collect();
    assert_eq!(all.len(), 0x11_0000 - 0x800);
    let texts = || {
        all.chunks(4096).map(|chunk| {
            let text = chunk.iter().flat_map(|c| [*c, '\'', *c, '\\']);
            text.collect::<String>()
        })
    };
    let rows = (0..).zip(texts()).map(|(id, text)| MaybeKinds {
        text: Some(text),
        ..MaybeKinds::nothing(id)
    });
    MaybeKinds::bulk_create(db, rows).await?;
    let mut stored = MaybeKinds::objects()
        .select(|k| (k.id(), k.text()))
        .stream(db)
        .await?;
    let mut wanted = (0..).zip(texts().map(Some));
    while let Some(row) = stored.next().await? {
        let (id, text) = wanted.next().expect("as many as were put in");
        assert!(row == (id, text), "the characters from {:x} on", id * 4096);
    }
    assert!(wanted.next().is_none());
    drop(stored);
    // The same as values to look for.
    for (id, text) in (0..).zip(texts()) {
        let found = MaybeKinds::filter(|k| k.text().eq(text)).select(|k| k.id());
        assert_eq!(found.all(db).await?, [id]);
    }
    Ok(())
}

async fn every_pair_of_bytes(db: &Db) -> Result<()> {
    orm::create_tables(db, &[MaybeKinds::META]).await?;
    let bytes: Vec<u8> = (0..=u8::MAX)
        .flat_map(|a| (0..=u8::MAX).flat_map(move |b| [a, b]))
        .collect();
    for id in 0..=255 {
        let few = Some(vec![id as u8]);
        let mut row = MaybeKinds {
            bytes: (id == 0).then(|| bytes.clone()),
            few: few.clone(),
            ..MaybeKinds::nothing(id)
        };
        row.insert(db).await?;
        assert_eq!(MaybeKinds::get(db, id).await?.few, few);
    }
    assert_eq!(MaybeKinds::get(db, 0).await?.bytes, Some(bytes.clone()));
    let found = MaybeKinds::filter(|k| k.bytes().eq(bytes)).select(|k| k.id());
    assert_eq!(found.all(db).await?, [0]);
    let order = MaybeKinds::objects()
        .order_by(|k| k.few())
        .select(|k| k.id());
    assert_eq!(order.all(db).await?, (0..=255).collect::<Vec<_>>());
    Ok(())
}

async fn wildcards_of_every_dialect(db: &Db) -> Result<()> {
    fill(db).await?;
    for text in [
        "a|b", "a\\", "\\", "[a]", "a*b", "a?b", "100%", "_x", "'", "\"", "]", "[", "^a", "a\nb",
        "|", "||%", "\\%", "\\_", "%%", "--", "/*", ";", "{}", "?", ":a", "@a", "$1", "`",
    ] {
        put(db, text).await?;
        for (n, q) in [
            seven().filter(|a| a.title().contains(text)),
            seven().filter(|a| a.title().icontains(text)),
            seven().filter(|a| a.title().startswith(text)),
            seven().filter(|a| a.title().istartswith(text)),
            seven().filter(|a| a.title().endswith(text)),
            seven().filter(|a| a.title().iendswith(text)),
            seven().filter(|a| a.title().iexact(text)),
            seven().filter(|a| a.title().eq(text)),
            seven().filter(|a| a.title().is_in([text])),
        ]
        .into_iter()
        .enumerate()
        {
            assert_eq!(titles(db, q).await?, [text], "{n}");
        }
        put(db, "aXb100%_").await?;
        for q in [
            seven().filter(|a| a.title().contains(text)),
            seven().filter(|a| a.title().icontains(text)),
        ] {
            assert_eq!(q.exists(db).await?, "axb100%_".contains(text), "{text}");
        }
    }
    Ok(())
}

/// Letter by letter, by Unicode's simple mappings: no letter becomes two.
async fn case_beyond_ascii(db: &Db) -> Result<()> {
    fill(db).await?;
    for (stored, asked, found) in [
        ("ÄÖÜ", "äöü", true),
        ("straße", "STRASSE", false),
        ("ПРИВЕТ", "привет", true),
        ("ΣΑΣ", "σασ", true),
        ("ΣΑΣ", "σας", false),
        ("İ", "i", true),
        ("I", "ı", false),
        ("ǅ", "ǆ", true),
        ("Å", "å", true),
        ("e\u{301}", "é", false),
        ("É", "e", false),
        ("Ⅷ", "ⅷ", true),
        ("ﬁ", "FI", false),
        ("\u{212a}", "k", true),
        ("\u{2126}", "ω", true),
    ] {
        put(db, stored).await?;
        for q in [
            seven().filter(|a| a.title().iexact(asked)),
            seven().filter(|a| a.title().icontains(asked)),
            seven().filter(|a| a.title().istartswith(asked)),
            seven().filter(|a| a.title().iendswith(asked)),
        ] {
            assert_eq!(q.exists(db).await?, found, "{stored} {asked}");
        }
    }
    for (text, lower, upper) in [
        ("Straße", "straße", "STRAßE"),
        ("ΣΑΣ", "σασ", "ΣΑΣ"),
        ("ﬁn", "ﬁn", "ﬁN"),
        ("Ünï", "ünï", "ÜNÏ"),
    ] {
        put(db, text).await?;
        let row = seven()
            .select(|a| (a.title().lower(), a.title().upper()))
            .get(db)
            .await?;
        assert_eq!(row, (lower.to_owned(), upper.to_owned()));
    }
    Ok(())
}

async fn blanks_and_nothing(db: &Db) -> Result<()> {
    each_stays_itself(db, &["", " a", "a\t", "a\u{a0}", " ", "a\n"]).await
}

async fn blanks_at_the_end(db: &Db) -> Result<()> {
    each_stays_itself(db, &["a ", "a  "]).await
}

async fn each_stays_itself(db: &Db, all: &[&str]) -> Result<()> {
    fill(db).await?;
    for &text in all {
        put(db, text).await?;
        assert_eq!(titles(db, seven()).await?, [text]);
        let q = seven().filter(|a| a.title().eq(text) & a.title().is_in([text]));
        assert_eq!(titles(db, q).await?, [text]);
        assert!(
            !seven().filter(|a| a.title().eq("a")).exists(db).await?,
            "{text:?}"
        );
        assert!(
            !seven().filter(|a| a.title().iexact("a")).exists(db).await?,
            "{text:?}"
        );
        let length = seven().select(|a| a.title().length()).get(db).await?;
        assert_eq!(length, text.chars().count() as i64, "{text:?}");
        assert!(
            seven()
                .filter(|a| a.title().startswith(text))
                .exists(db)
                .await?
        );
    }
    // NUL is a character like any other where whole texts are compared.
    for text in ["a\0", "\0", "a\0b"] {
        put(db, text).await?;
        assert_eq!(
            titles(db, seven().filter(|a| a.title().eq(text))).await?,
            [text]
        );
        assert!(!seven().filter(|a| a.title().eq("a")).exists(db).await?);
    }
    Ok(())
}

async fn order_by_code_point(db: &Db) -> Result<()> {
    fill(db).await?;
    seven().delete(db).await?;
    for title in ["Z", "a", "é", "ü", "z", "\u{ffff}", "😀", "Ａ", "~"] {
        let new = new!(Article {
            title: title,
            author: 1,
            views: 7
        });
        Article::create(db, new).await?;
    }
    let q = seven().order_by(|a| a.title());
    assert_eq!(
        titles(db, q).await?,
        ["Z", "a", "z", "~", "é", "ü", "Ａ", "\u{ffff}", "😀"]
    );
    let q = seven().filter(|a| a.title().gt("\u{ffff}"));
    assert_eq!(titles(db, q).await?, ["😀"]);
    let ends = seven().aggregate(|a| (a.title().min(), a.title().max()));
    assert_eq!(ends.get(db).await?, (Some("Z".into()), Some("😀".into())));
    Ok(())
}

async fn long_texts(db: &Db) -> Result<()> {
    fill(db).await?;
    let body = "x'\\".repeat(500_000);
    let all = Article::objects().update(|a| a.body().set(body.as_str()));
    assert_eq!(all.exec(db).await?, 5);
    let same = Article::filter(|a| a.body().eq(body.as_str()) & a.body().contains("\\x'"));
    assert_eq!(same.count(db).await?, 5);
    assert_eq!(Article::get(db, 1).await?.body, body);
    Ok(())
}
