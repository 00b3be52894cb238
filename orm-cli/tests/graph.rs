//! `graph` as a black box.

mod support;

use std::fmt::Write as _;

use support::Crate;

const SHOP: &str = "use orm::prelude::*;

#[derive(Model)]
#[model(app = \"people\", storage_type = \"reference\")]
pub struct Person {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100)]
    pub name: String,
    #[field(on_delete = \"set_null\")]
    pub boss: Option<ForeignKey<Person>>,
}

#[derive(Model)]
#[model(app = \"shop\", primary_key(person, number), shard_key(person), sort_key(-number))]
pub struct Order {
    pub person: ForeignKey<Person>,
    pub number: i64,
    pub note: Option<String>,
}

#[derive(Model)]
#[model(app = \"shop\")]
pub struct Good {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(type = \"POINT\")]
    pub place: Vec<u8>,
    pub maker: OneToOne<Person>,
    pub buyers: ManyToMany<Person>,
}
";

#[test]
fn models_are_drawn_as_text() {
    let krate = Crate::new(SHOP);
    let done = krate.expect(0, &["graph"]);
    insta::assert_snapshot!("text", done.out);
}

#[test]
fn models_are_drawn_for_mermaid() {
    let krate = Crate::new(SHOP);
    let done = krate.expect(0, &["graph", "--draw", "mermaid"]);
    insta::assert_snapshot!("mermaid", done.out);
}

#[test]
fn an_app_is_drawn_with_what_it_refers_to() {
    let krate = Crate::new(SHOP);
    let done = krate.expect(0, &["graph", "shop", "--draw", "dot"]);
    insta::assert_snapshot!("dot", done.out);
    let done = krate.expect(2, &["graph", "shopp"]);
    assert!(done.err.contains("did you mean `shop`?"), "{}", done.err);
    let document = krate.json(0, &["graph", "shop"]);
    assert_eq!(document["arrows"][0]["to"], "people.Person");
    assert_eq!(document["nodes"].as_array().map(Vec::len), Some(3));
}

#[test]
fn migrations_are_drawn_with_what_they_depend_on() {
    let krate = Crate::new(SHOP);
    krate.expect(0, &["makemigrations"]);
    krate.expect(0, &["makemigrations", "shop", "--empty", "--name", "fill"]);
    let done = krate.expect(0, &["graph", "--migrations"]);
    insta::assert_snapshot!("migrations_text", done.out);
    let done = krate.expect(0, &["graph", "--migrations", "--draw", "mermaid"]);
    insta::assert_snapshot!("migrations_mermaid", done.out);
    let done = krate.expect(0, &["graph", "--migrations", "shop", "--draw", "svg"]);
    assert!(done.out.contains("0002_fill"), "{}", done.out);
}

/// Numbers of an attribute of all tags that have this class.
fn numbers(svg: &str, class: &str, attribute: &str) -> Vec<usize> {
    svg.split("<rect class=\"")
        .filter(|tag| tag.starts_with(class))
        .map(|tag| {
            let rest = tag
                .split(&format!(" {attribute}=\""))
                .nth(1)
                .expect("the attribute");
            rest.split('"')
                .next()
                .and_then(|n| n.parse().ok())
                .expect("a number")
        })
        .collect()
}

/// Fifty models: no box covers another, and all lie in the picture.
#[test]
fn a_picture_of_fifty_models_can_be_read() {
    let mut source = "use orm::prelude::*;\n".to_owned();
    for n in 0..50 {
        let target = n * 7 % 50;
        let fields: String = (0..n % 9)
            .map(|f| format!("pub field{f}: i64,\n"))
            .collect();
        write!(
            source,
            "#[derive(Model)]\n#[model(app = \"app{}\")]\npub struct Model{n} {{\n#[field(primary_key)]\npub id: Auto<i64>,\n{fields}pub other: Option<ForeignKey<Model{target}>>,\n}}\n",
            n % 4
        )
        .expect("a text");
    }
    let krate = Crate::new(&source);
    let svg = krate.expect(0, &["graph", "--draw", "svg"]).out;
    let all = |attribute: &str| numbers(&svg, "box", attribute);
    let (x, y, width, height) = (all("x"), all("y"), all("width"), all("height"));
    assert_eq!(x.len(), 50);
    for a in 0..50 {
        for b in 0..a {
            let apart = x[a] + width[a] <= x[b]
                || x[b] + width[b] <= x[a]
                || y[a] + height[a] <= y[b]
                || y[b] + height[b] <= y[a];
            assert!(apart, "{a} covers {b}");
        }
    }
    let size = |name: &str| -> usize {
        let rest = svg.split(&format!(" {name}=\"")).nth(1).expect("a size");
        rest.split('"')
            .next()
            .and_then(|n| n.parse().ok())
            .expect("a number")
    };
    let (wide, high) = (size("width"), size("height"));
    assert!((0..50).all(|n| x[n] + width[n] < wide && y[n] + height[n] < high));
    assert!(wide < 2_600 && high < 2_600, "{wide} x {high}");
    assert_eq!(svg.matches("<path class=\"to").count(), 50);
    // It is XML: every tag that is opened is closed.
    let open = svg.matches("<text").count();
    assert_eq!(open, svg.matches("</text>").count());
}
