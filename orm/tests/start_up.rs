//! Migrations that a program carries, and databases for tests.

use orm::migrate::{EmbeddedMigrations, MigrateError};
use orm::prelude::*;
use orm::testing::TestDatabase;

#[derive(Model, Debug, Clone)]
#[model(app = "shop")]
struct Item {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 20)]
    name: String,
}

const MIGRATIONS: EmbeddedMigrations<'static> = &[
    (
        "shop/0001_initial.toml",
        "format = 1
[[operations]]
op = \"create_model\"
model = \"Item\"
fields = [
    { name = \"id\", type = \"bigint\", auto = true },
    { name = \"name\", type = \"varchar\", max_length = 20 },
]
primary_key = [\"id\"]
",
    ),
    (
        "shop/0002_first.toml",
        "format = 1
depends_on = [\"shop.0001_initial\"]
[[operations]]
op = \"run_code\"
name = \"first_item\"
",
    ),
];

#[orm::data_migration("first_item")]
async fn first_item(db: &dyn Executor) -> Result<()> {
    Item::create(&db, new!(Item { name: "tea" })).await?;
    Ok(())
}

#[test]
fn the_linked_models_are_those_of_the_files() {
    orm::check_linked!(MIGRATIONS);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_programs_that_start_at_once_one_migrates() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("db").display());
    let start = || {
        let url = url.clone();
        tokio::spawn(async move {
            let db = Db::connect(&url).await?;
            let ran = MIGRATIONS.migrate(&db).await?;
            Ok::<usize, Error>(ran.len())
        })
    };
    let all = [start(), start(), start()];
    let mut ran = 0;
    for one in all {
        ran += one.await.unwrap().unwrap();
    }
    assert_eq!(ran, 2, "each migration runs once");
    let db = Db::connect(&url).await.unwrap();
    assert!(MIGRATIONS.unapplied(&db).await.unwrap().is_empty());
    assert_eq!(Item::objects().count(&db).await.unwrap(), 1);
}

#[tokio::test]
async fn a_program_may_only_look() {
    let db = Db::connect("sqlite::memory:").await.unwrap();
    assert_eq!(
        MIGRATIONS.unapplied(&db).await.unwrap(),
        ["shop.0001_initial", "shop.0002_first"]
    );
    assert!(
        Item::objects().count(&db).await.is_err(),
        "nothing was made"
    );
}

#[tokio::test]
async fn what_is_wrong_with_the_files_is_told_before_anything_runs() {
    let db = Db::connect("sqlite::memory:").await.unwrap();
    let [first, second] = MIGRATIONS else {
        panic!("two files")
    };
    let two: EmbeddedMigrations<'_> = &[*first, *second, ("shop/0002_other.toml", second.1)];
    let error = two.migrate(&db).await.unwrap_err();
    assert!(matches!(error, MigrateError::Graph(_)), "{error}");
    let bad: EmbeddedMigrations<'_> = &[*first, ("shop/0002_bad.toml", "format = 7")];
    let error = bad.migrate(&db).await.unwrap_err();
    assert!(matches!(error, MigrateError::Load(_)), "{error}");
    let unknown = second.1.replace("first_item", "other_item");
    let no_code: EmbeddedMigrations<'_> = &[*first, ("shop/0002_first.toml", &unknown)];
    let error = no_code.migrate(&db).await.unwrap_err();
    assert!(
        matches!(&error, MigrateError::NoCode { known, .. } if known == &["first_item"]),
        "{error}"
    );
    assert!(Item::objects().count(&db).await.is_err(), "nothing ran");
}

async fn databases(place: TestDatabase) {
    let made = place.with_linked_models().await.unwrap();
    assert_eq!(Item::objects().count(&*made).await.unwrap(), 0);
    let migrated = place.with_migrations(MIGRATIONS).await.unwrap();
    assert_eq!(Item::objects().count(&*migrated).await.unwrap(), 1);
    assert_eq!(
        Item::objects().count(&*made).await.unwrap(),
        0,
        "each one is its own"
    );
    let empty = place.empty().await.unwrap();
    assert!(Item::objects().count(&*empty).await.is_err());
    let url = migrated.url();
    drop((made, migrated, empty));
    if !url.starts_with("sqlite:") {
        assert!(Db::connect(&url).await.is_err(), "{url} is left behind");
    }
}

#[tokio::test]
async fn a_test_has_a_database_of_its_own_in_memory() {
    databases(TestDatabase::in_memory()).await;
    assert_eq!(
        TestDatabase::on("sqlite:file.db")
            .empty()
            .await
            .unwrap()
            .url(),
        TestDatabase::in_memory().empty().await.unwrap().url()
    );
}

#[tokio::test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
async fn a_test_has_a_database_of_its_own_on_a_server() {
    let Ok(url) = std::env::var("ORM_TEST_MARIADB_URL") else {
        let required = std::env::var("ORM_TEST_REQUIRE_LIVE").is_ok_and(|v| v == "1");
        assert!(
            !required,
            "ORM_TEST_MARIADB_URL is not set, and live tests are required"
        );
        eprintln!("skipped: ORM_TEST_MARIADB_URL is not set");
        return;
    };
    let (scheme, rest) = url.split_once("://").expect("a URL of a server");
    let server = rest.split(['/', '?']).next().unwrap_or(rest);
    databases(TestDatabase::on(&format!("{scheme}://{server}/start_up"))).await;
}
