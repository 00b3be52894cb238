use orm::prelude::*;

#[derive(Model)]
#[model(app = "clubs")]
struct Person {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(through = Membership)]
    friends: ManyToMany<Person>,
}

#[derive(Model)]
#[model(app = "clubs")]
struct Club {
    #[field(primary_key)]
    id: Auto<i64>,
}

#[derive(Model)]
#[model(app = "clubs")]
struct Membership {
    #[field(primary_key)]
    id: Auto<i64>,
    one: ForeignKey<Person>,
    other: ForeignKey<Person>,
    made_by: ForeignKey<Person>,
}

fn main() {}
