//! `ballast demo`: a folder with a fictional city, three explained shortlists, and the site over it.

mod choices;
mod city;
mod names;
mod people;
mod places;
mod trades;
mod work;
mod workers;

use std::io::Write;
use std::sync::Arc;

use migration::{Migrator, MigratorTrait as _};

use super::config::Config;
use super::output::{Failure, Progress, Stdout};
use super::{open, rank, serve};
use crate::outside::clock::Clock;
use crate::outside::random::Random;
use crate::service::hiring::vacancy::find_vacancy;
use crate::service::identity::demonstration::{LOGINS, PASSWORD};
use crate::service::identity::user::list_users;
use crate::service::matching::shortlist::get_shortlist;
use crate::service::organisation::installation::{self, InstallationView};
use crate::service::organisation::organisation::list_organisations;
use crate::service::organisation::region::list_regions;
use crate::service::page::PageRequest;
use crate::service::taxonomy::framework::list_frameworks;
use crate::service::{App, Ctx, Error};
use crate::store::Db;
use crate::words::{Locale, Words};

/// The data folder when nobody names one.
pub const DATA_DIR_DEFAULT: &str = "ballast-demo";
/// People of each printed list.
const TOP: usize = 5;

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print the shortlists and exit, without serving.
    #[arg(long)]
    once: bool,
    /// The address and port to serve at.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// The port to serve at on this machine; 0 picks a free one.
    #[arg(long, value_name = "PORT", conflicts_with = "listen")]
    port: Option<u16>,
}

/// Makes the demonstration where it is not there yet, prints it, and serves it.
///
/// # Errors
/// [`Failure`] that says what to do.
pub async fn run(config: &Config, locale: Locale, args: Args) -> Result<(), Failure> {
    let at_port = args.port.map(|port| format!("127.0.0.1:{port}"));
    let listen = args.listen.or(at_port).unwrap_or_else(|| config.settings.listen.clone());
    // Before anything is made: an address that is taken must not be told of after a minute's work.
    let bound = if args.once { None } else { Some(serve::bind(&listen, config).await?) };
    let app = prepare(config, locale).await?;
    print(&Ctx::operator(Arc::clone(&app), locale), &mut Stdout).await?;
    let Some(bound) = bound else {
        open::seal(&app).await;
        return Ok(());
    };
    let mut out = Stdout;
    writeln!(out, "\n{}/", bound.address)?;
    for login in LOGINS {
        writeln!(out, "{} {} {PASSWORD}", login.role, login.login)?;
    }
    out.flush()?;
    serve::listen_until_stopped(config, bound, app).await
}

/// The finished demonstration of a folder, made if there is none.
async fn prepare(config: &Config, locale: Locale) -> Result<Arc<App>, Failure> {
    open::prepare_folder(config)?;
    let keys = city::keys(config)?;
    let db = open::connect(config).await?;
    open::refuse_newer(&db).await?;
    let found = find(config, &db, locale).await?;
    let failed = |e: sea_orm::DbErr| Failure::new(format!("the schema cannot be brought up to date: {e}"));
    Migrator::up(db.owner(), None).await.map_err(failed)?;
    if found.is_none() {
        city::seed(config, &db, locale, &Progress::new()).await?;
    }
    open::assemble(db, keys, Random::System, Clock::System, config.witness()).await
}

/// The demonstration that is there; none in an empty database. Anything else is refused before it is touched.
async fn find(config: &Config, db: &Db, locale: Locale) -> Result<Option<InstallationView>, Failure> {
    let pending = Migrator::get_pending_migrations(db.owner()).await;
    let pending = pending.map_err(|e| Failure::new(format!("the schema cannot be read: {e}")))?.len();
    if pending == Migrator::migrations().len() {
        return Ok(None);
    }
    let other = || {
        Failure::new(format!(
            "{} holds something that is no finished demonstration: name another one with --data-dir or --database-url, or remove it",
            config.settings.database_url.as_ref().map_or_else(
                || format!("the folder {}", config.data_dir.display()),
                |_| "the database".to_owned()
            )
        ))
    };
    let found = installation::find(db).await.map_err(|e| Failure::of(&e, locale))?;
    match found {
        Some(found) if found.demonstration => Ok(Some(found)),
        Some(_) => Err(other()),
        None if pending > 0 || holds_anything(config, db, locale).await? => Err(other()),
        None => Ok(None),
    }
}

/// Whether anybody has put anything into the database.
async fn holds_anything(config: &Config, db: &Db, locale: Locale) -> Result<bool, Failure> {
    let app =
        open::assemble(db.clone(), city::keys(config)?, Random::System, Clock::System, config.witness())
            .await?;
    let ctx = Ctx::operator(app, locale);
    let one = PageRequest { limit: 1, ..PageRequest::default() };
    let found = async {
        Ok::<bool, Error>(
            !list_organisations(&ctx, None, one).await?.items.is_empty()
                || !list_users(&ctx, None, one).await?.items.is_empty()
                || !list_regions(&ctx, None).await?.is_empty()
                || !list_frameworks(&ctx).await?.is_empty(),
        )
    };
    found.await.map_err(|e| Failure::of(&e, locale))
}

/// Prints the banner and the explained shortlists.
async fn print(ctx: &Ctx, out: &mut impl Write) -> Result<(), Failure> {
    let words = Words(ctx.locale);
    let as_of = words.ta("layout-demonstration-as-of", &[("date", words.date(ctx.today()).into())]);
    writeln!(out, "{}: {as_of}", words.t("layout-demonstration"))?;
    let failed = |e| Failure::of(&e, ctx.locale);
    for reference in work::SHOWN {
        writeln!(out, "\n{}", "─".repeat(78))?;
        let vacancy = find_vacancy(ctx, reference).await.map_err(failed)?;
        let view = get_shortlist(ctx, vacancy, TOP).await.map_err(failed)?;
        rank::print_shortlist(ctx, out, &view).await?;
    }
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::config::Settings;
    use crate::service::matching::shortlist::{Entry, NotListed};

    fn config(folder: &std::path::Path) -> Config {
        let settings = Settings { listen: "127.0.0.1:0".to_owned(), ..Settings::default() };
        Config { data_dir: folder.to_owned(), settings }
    }

    async fn made(folder: &std::path::Path) -> (Ctx, String) {
        let app = prepare(&config(folder), Locale::En).await.unwrap();
        let ctx = Ctx::operator(app, Locale::En);
        let mut printed = Vec::new();
        print(&ctx, &mut printed).await.unwrap();
        (ctx, String::from_utf8(printed).unwrap())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_folders_print_the_same_lists_and_each_list_shows_what_can_happen() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let ((ctx, first), (_, second)) = tokio::join!(made(one.path()), made(two.path()));
        assert_eq!(first, second);
        let (_, again) = made(one.path()).await;
        assert_eq!(first, again, "a finished demonstration is used as it is");

        let foreign = |rows: &[Entry]| rows.iter().any(|entry| entry.row.foreign == Some(true));
        let mut without_cure = 0;
        for reference in work::SHOWN {
            let vacancy = find_vacancy(&ctx, reference).await.unwrap();
            let view = get_shortlist(&ctx, vacancy, TOP).await.unwrap();
            assert!(view.qualified.total >= 5 && view.to_verify.total >= 3, "{reference}");
            assert!(foreign(&view.qualified.rows) && foreign(&view.to_verify.rows), "{reference}");
            let NotListed::People { below_floor, removed, .. } = view.not_listed else { panic!() };
            assert!(foreign(&removed.rows), "{reference}");
            let kept_out = || below_floor.rows.iter().chain(&removed.rows);
            let unlocked = kept_out().filter(|entry| entry.row.unlocks.is_some()).count();
            assert!(unlocked >= 3, "{reference}");
            without_cure += kept_out().count() - unlocked;
        }
        assert!(without_cure >= 1);
    }

    #[tokio::test]
    async fn a_database_that_holds_something_else_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        let ctx = open::operator(&config, Locale::En).await.unwrap();
        let province = crate::service::organisation::region::NewRegion {
            code: "21".to_owned(),
            name_zh: "辽宁省".to_owned(),
            name_en: "Liaoning".to_owned(),
        };
        let mode = crate::service::batch::Mode::Commit;
        crate::service::organisation::region::load_regions(&ctx, vec![province], mode).await.unwrap();
        let refused = prepare(&config, Locale::En).await.unwrap_err().to_string();
        assert!(refused.contains("--data-dir") && refused.lines().count() == 1, "{refused}");
        assert!(list_organisations(&ctx, None, PageRequest::default()).await.unwrap().items.is_empty());
    }
}
