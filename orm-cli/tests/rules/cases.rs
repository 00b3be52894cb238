//! For each rule of SingleStore's a crate that breaks it and no other.
//!
//! The comment `// here` marks the line where `check` shows it. Models are columnstores unless they
//! say something else.

/// A crate that breaks a rule.
pub(crate) struct Case {
    pub(crate) id: &'static str,
    pub(crate) source: &'static str,
    /// A migration file with the fault, where the grammar of models has no form for it.
    pub(crate) file: Option<&'static str>,
    /// What the rendered CREATE TABLE becomes, where the renderer itself refuses what the rule is about.
    pub(crate) sql: &'static [(&'static str, &'static str)],
    /// A statement on the table that is refused, where the table itself is not.
    pub(crate) then: Option<&'static str>,
}

const fn case(id: &'static str, source: &'static str) -> Case {
    Case {
        id,
        source,
        file: None,
        sql: &[],
        then: None,
    }
}

pub(crate) const CASES: &[Case] = &[
    case(
        "S001",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 20, unique)]
    pub slug: String, // here
}"#,
    ),
    case(
        "S001",
        r#"#[derive(Model)]
#[model(storage_type = "rowstore", unique_together(a, b))]
pub struct Page { // here
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub a: i64,
    pub b: i64,
}"#,
    ),
    case(
        "S002",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore", shard_key(owner))]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub owner: i64, // here
}"#,
    ),
    case(
        "S003",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore", shard_key())]
pub struct Page { // here
    #[field(primary_key)]
    pub id: Auto<i64>,
}"#,
    ),
    Case {
        file: Some(
            r#"format = 1

[[operations]]
op = "create_model"
model = "Event"
table = "blog_event"
fields = [{ name = "number", type = "bigint", unique = true }]
storage_type = "columnstore"
shard_key = []
"#,
        ),
        ..case(
            "S004",
            r#"#[derive(Model)]
#[model(storage_type = "columnstore", shard_key())]
pub struct Event { // here
    #[field(unique)]
    pub number: i64,
}"#,
        )
    },
    case(
        "S005",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Reading {
    #[field(primary_key)]
    pub at: f64, // here
}"#,
    ),
    case(
        "S005",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Reading {
    #[field(primary_key, type = "REAL")]
    pub at: f64, // here
}"#,
    ),
    Case {
        sql: &[("CREATE TABLE", "CREATE REFERENCE TABLE")],
        ..case(
            "S006",
            r#"#[derive(Model)]
#[model(storage_type = "reference", shard_key(id))]
pub struct Country { // here
    #[field(primary_key)]
    pub id: i64,
}"#,
        )
    },
    Case {
        file: Some(
            r#"format = 1

[[operations]]
op = "create_model"
model = "Country"
table = "blog_country"
fields = [{ name = "code", type = "bigint" }]
storage_type = "reference"
"#,
        ),
        ..case(
            "S007",
            r#"#[derive(Model)]
#[model(storage_type = "reference")]
pub struct Country { // here
    pub code: i64,
}"#,
        )
    },
    Case {
        sql: &[("CREATE TABLE", "CREATE ROWSTORE TABLE")],
        ..case(
            "S008",
            r#"#[derive(Model)]
#[model(storage_type = "rowstore", sort_key(at))]
pub struct Event { // here
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub at: i64,
}"#,
        )
    },
    case(
        "S009",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore", unique_together(id, version))]
pub struct Page { // here
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub version: i64,
}"#,
    ),
    case(
        "S010",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore", index(name = "by_name", fields(name)), index(name = "by_name_too", fields(name)))]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub name: i64, // here
}"#,
    ),
    case(
        "S011",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Profile {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub user: OneToOne<User>, // here
}

#[derive(Model)]
pub struct User {
    #[field(primary_key)]
    pub id: Auto<i64>,
}"#,
    ),
    case(
        "S012",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i32>, // here
}"#,
    ),
    Case {
        file: Some(
            r#"format = 1

[[operations]]
op = "create_model"
model = "Page"
table = "blog_page"
fields = [{ name = "id", type = "bigint", auto = true }, { name = "number", type = "bigint", auto = true }]
primary_key = ["id", "number"]
"#,
        ),
        ..case(
            "S013",
            r#"#[derive(Model)]
#[model(storage_type = "columnstore", primary_key(id, number))]
pub struct Page {
    pub id: Auto<i64>,
    pub number: Auto<i64>, // here
}"#,
        )
    },
    case(
        "S014",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(index, type = "ENUM('draft', 'public')")]
    pub state: String, // here
}"#,
    ),
    case(
        "S015",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore", index(name = "words", fields(title), kind = "fulltext"), index(name = "more_words", fields(body), kind = "fulltext"))]
pub struct Page { // here
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub title: String,
    pub body: String,
}"#,
    ),
    case(
        "S016",
        r#"#[derive(Model)]
#[model(storage_type = "rowstore", index(name = "words", fields(body), kind = "fulltext"))]
pub struct Page { // here
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub body: String,
}"#,
    ),
    case(
        "S016",
        r#"#[derive(Model)]
#[model(storage_type = "rowstore reference", index(name = "near", fields(place), kind = "vector"))]
pub struct Page { // here
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub place: Vector<3>,
}"#,
    ),
    case(
        "S017",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore", index(name = "by_at", fields(at), kind = "btree"))]
pub struct Event { // here
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub at: i64,
}"#,
    ),
    case(
        "S018",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Place {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(type = "GEOGRAPHY")]
    pub shape: String, // here
}"#,
    ),
    case(
        "S019",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 20, db_default = "(CONCAT('a', 'b'))")]
    pub slug: String, // here
}"#,
    ),
    case(
        "S020",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 36, db_default = "UUID()")]
    pub token: String, // here
}"#,
    ),
    case(
        "S021",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 21845)]
    pub body: String, // here
}"#,
    ),
    case(
        "S022",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(type = "CHAR(256)")]
    pub body: String, // here
}"#,
    ),
    case(
        "S023",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(type = "VARBINARY(65534)")]
    pub body: Vec<u8>, // here
}"#,
    ),
    case(
        "S024",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(type = "DECIMAL(66, 2)")]
    pub price: String, // here
}"#,
    ),
    case(
        "S025",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(type = "DATETIME(3)")]
    pub at: String, // here
}"#,
    ),
    case(
        "S026",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore", index(name = "wide", fields(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q)))]
pub struct Page { // here
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub a: bool,
    pub b: bool,
    pub c: bool,
    pub d: bool,
    pub e: bool,
    pub f: bool,
    pub g: bool,
    pub h: bool,
    pub i: bool,
    pub j: bool,
    pub k: bool,
    pub l: bool,
    pub m: bool,
    pub n: bool,
    pub o: bool,
    pub p: bool,
    pub q: bool,
}"#,
    ),
    case(
        "S027",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(type = "INET6")]
    pub address: String, // here
}"#,
    ),
    Case {
        file: Some(
            r#"format = 1

[[operations]]
op = "create_model"
model = "Page"
table = "blog_page"
fields = [{ name = "id", type = "bigint", auto = true }, { name = "a", type = "bigint" }]
primary_key = ["id"]
indexes = [{ name = "2nd", fields = ["a"] }]
"#,
        ),
        ..case(
            "S028",
            r#"#[derive(Model)]
#[model(storage_type = "columnstore", index(name = "2nd", fields(a)))] // here
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub a: i64,
}"#,
        )
    },
    Case {
        then: Some("UPDATE blog_page SET owner_id = 1"),
        ..case(
            "S029",
            r#"#[derive(Model)]
#[model(storage_type = "columnstore", primary_key(owner, number), shard_key(owner))]
pub struct Page {
    pub number: i64,
    #[field(on_delete = "set_default", default = 1)]
    pub owner: ForeignKey<Owner>, // here
}

#[derive(Model)]
pub struct Owner {
    #[field(primary_key)]
    pub id: Auto<i64>,
}"#,
        )
    },
    case(
        "S030",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(type = "INT CHECK (views >= 0)")]
    pub views: i32, // here
}"#,
    ),
    case(
        "S030",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(type = "BIGINT REFERENCES blog_page (id)")]
    pub parent: i64, // here
}"#,
    ),
    case(
        "S031",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(type = "INT SPARSE")]
    pub views: Option<i32>, // here
}"#,
    ),
    case(
        "S032",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore", index(name = "words", fields(data), kind = "fulltext"))]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(type = "BLOB")]
    pub data: String, // here
}"#,
    ),
    case(
        "S033",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore", index(name = "near", fields(data), kind = "vector"))]
pub struct Page { // here
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(type = "BLOB")]
    pub data: String,
}"#,
    ),
    case(
        "S034",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(type = "VARCHAR")]
    pub title: String, // here
}"#,
    ),
    case(
        "S035",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(type = "DATE", db_default = "'0001-01-01'")]
    pub since: String, // here
}"#,
    ),
    case(
        "S036",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 20, collation = "gbk_chinese_ci")]
    pub title: String, // here
}"#,
    ),
    case(
        "S037",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Reading {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(unique = "lookup")]
    pub at: f64, // here
}"#,
    ),
    case(
        "S037",
        r#"#[derive(Model)]
#[model(storage_type = "columnstore")]
pub struct Page {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 800, unique = "lookup")]
    pub title: String, // here
}"#,
    ),
];
