fn main() {
    let dir = std::path::PathBuf::from(std::env::args().nth(1).unwrap());
    if !dir.exists() {
        std::fs::create_dir_all(&dir).unwrap();
        orm_cli::generate::generate_crate(&dir, orm_cli::generate::Size::LARGE).unwrap();
    }
    let t = std::time::Instant::now();
    let p = orm_cli::project::Project::find(Some(&dir)).unwrap();
    let m = orm_cli::source::read(&p).unwrap();
    println!("{} models {:?}", m.models.len(), t.elapsed());
}
