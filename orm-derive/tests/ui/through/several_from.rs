use orm::prelude::*;

#[derive(Model)]
#[model(app = "clubs")]
struct Person {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(through = Membership)]
    clubs: ManyToMany<Club>,
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
    person: ForeignKey<Person>,
    invited_by: ForeignKey<Person>,
    club: ForeignKey<Club>,
}

fn main() {}
