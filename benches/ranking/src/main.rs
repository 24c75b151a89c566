//! Ranks the same people for the same vacancies with the matcher and with PostgreSQL, in turns, and stops at
//! the first query whose top 20 differ.
//!
//! `ranking-bench CONNECTION [PEOPLE] [QUERIES]`; `scripts/bench-ranking` starts a database for it.

mod store;
mod workload;

#[expect(dead_code, reason = "the product's own reader, of which only a part is used here")]
#[path = "../../../src/format/matching/ranking_profile.rs"]
mod ranking_profile;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::PersonId;
use ballast_domain::matching::candidate::Candidate;
use ballast_domain::matching::catalogue::crowd::Crowd;
use ballast_domain::matching::query::Query;
use ballast_domain::matching::rank::{List, rank};
use postgres::{Client, NoTls};

use crate::store::{Asked, contenders, whole_contenders};
use crate::workload::{Person, SKILLS, Workload, skill_number};

const TOP: usize = 20;
const SEED: u64 = 20_261_124;
const TIE_SEED: [u8; 16] = *b"one seed for all";
const WARM_UP: usize = 20;
/// The whole shortlist is asked of PostgreSQL every so many rounds, as it takes long.
const WHOLE_EVERY: usize = 5;

/// Wall times of one engine, in microseconds.
struct Times {
    name: String,
    micros: Vec<f64>,
}

impl Times {
    fn at(&self, share: f64) -> f64 {
        let mut sorted = self.micros.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[((sorted.len() - 1) as f64 * share).round() as usize]
    }

    fn print(&self, base: &Self) {
        let (p50, p99) = (self.at(0.5), self.at(0.99));
        println!(
            "{:<62} {:>8.3} {:>8.3} {:>8.3} {:>8.3} {:>8.3}",
            self.name,
            self.at(0.0) / 1e3,
            p50 / 1e3,
            p99 / 1e3,
            p50 / base.at(0.5),
            p99 / base.at(0.99)
        );
    }
}

fn timed<T>(times: &mut Times, what: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let answer = what();
    times.micros.push(start.elapsed().as_secs_f64() * 1e6);
    answer
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let connection = arguments.get(1).expect("a connection string");
    let number = |n: usize, otherwise| arguments.get(n).map_or(otherwise, |a| a.parse().expect("a number"));
    let (people_count, query_count): (usize, usize) = (number(2, 100_000), number(3, 200));
    let profile = ranking_profile::parse(ranking_profile::EMBEDDED).expect("the embedded profile");
    let today = CivilDate::from_ymd_opt(2026, 11, 24).unwrap();
    let mut workload = Workload::new(SEED, today);
    let people: Vec<Person> = (0..people_count).map(|_| workload.person()).collect();
    let mut frequency = vec![0; SKILLS];
    for claim in people.iter().flat_map(|p| &p.candidate.claims) {
        frequency[skill_number(claim.skill)] += 1;
    }
    let connect = || Client::connect(connection, NoTls).expect("the database");
    eprintln!("loading {people_count} people");
    store::load(&mut connect(), &people, &TIE_SEED, &profile, today);
    let mut contenders = contenders(connect, &profile);
    let mut wholes = whole_contenders(connect, &profile);
    let candidates: Vec<Candidate> = people.into_iter().map(|p| p.candidate).collect();
    let numbers: HashMap<PersonId, i32> = candidates.iter().zip(0..).map(|(c, n)| (c.id, n)).collect();

    let start = Instant::now();
    let crowd = Crowd::new(candidates.iter().cloned().map(Arc::new).collect());
    println!(
        "columns built in {:.2} s, {} bytes a person beside the records",
        start.elapsed().as_secs_f64(),
        crowd.bytes() / people_count
    );
    let times = |name: &str| Times { name: name.to_owned(), micros: Vec::new() };
    let mut ours = times("matcher: all lists, reasons, totals; 1 thread");
    let mut columns = times("matcher, in columns: the same; 1 thread");
    let mut ours_then = times("matcher, in the rounds of the whole shortlist");
    let mut theirs: Vec<Times> = contenders.iter().map(|c| times(&c.name)).collect();
    let mut wholly: Vec<Times> = wholes.iter().map(|c| times(&c.name)).collect();
    let (mut qualified, mut full) = (Vec::new(), 0);
    for round in 0..WARM_UP + query_count {
        if round == WARM_UP {
            ours.micros.clear();
            ours_then.micros.clear();
            columns.micros.clear();
            theirs.iter_mut().chain(&mut wholly).for_each(|t| t.micros.clear());
            (qualified, full) = (Vec::new(), 0);
        }
        let vacancy = workload.vacancy(TIE_SEED);
        let asked = Asked::new(&Query::new(&vacancy, &profile, today), &profile, &frequency);
        let shortlist = timed(&mut ours, || rank(&Query::new(&vacancy, &profile, today), &candidates, TOP));
        let placed = timed(&mut columns, || crowd.rank(&Query::new(&vacancy, &profile, today), TOP));
        assert_eq!(placed, shortlist, "query {round}, columns: they differ, the run is void");
        let pairs = |list: &List| -> Vec<(i32, i32)> {
            list.rows.iter().map(|row| (numbers[&row.person], row.score as i32)).collect()
        };
        let lists = [&shortlist.qualified, &shortlist.to_verify, &shortlist.below_floor, &shortlist.removed];
        let expected = pairs(lists[0]);
        let totals = lists.map(|list| list.total).into_iter().chain([shortlist.unproved]);
        let totals: Vec<i64> = totals.chain(shortlist.counts.into_values()).map(|n| n as i64).collect();
        let expected_whole = (lists.map(pairs), totals);
        qualified.push(shortlist.qualified.total);
        full += usize::from(expected.len() == TOP);
        for (contender, times) in contenders.iter_mut().zip(&mut theirs) {
            let found = timed(times, || contender.ask(&asked));
            assert_eq!(
                found, expected,
                "query {round}, {}: the lists differ, the run is void",
                contender.name
            );
        }
        if !round.is_multiple_of(WHOLE_EVERY) {
            continue;
        }
        ours_then.micros.extend(ours.micros.last());
        for (contender, times) in wholes.iter_mut().zip(&mut wholly) {
            let found = timed(times, || contender.ask_whole(&asked));
            assert_eq!(
                found, expected_whole,
                "query {round}, whole {}: they differ, the run is void",
                contender.name
            );
        }
    }
    qualified.sort_unstable();
    println!(
        "{people_count} people, {query_count} queries; qualified a query: least {}, median {}, most {}; {full} full lists of {TOP}",
        qualified[0],
        qualified[query_count / 2],
        qualified[query_count - 1]
    );
    println!("identical lists and scores on every query and every engine");
    println!("{:<62} {:>8} {:>8} {:>8} {:>8} {:>8}", "", "min ms", "p50 ms", "p99 ms", "p50 ×", "p99 ×");
    ours.print(&ours);
    columns.print(&ours);
    report("the top 20 of the qualified, nothing else", &ours, &theirs);
    ours_then.print(&ours_then);
    report("the whole shortlist", &ours_then, &wholly);
}

fn report(question: &str, ours: &Times, theirs: &[Times]) {
    println!("PostgreSQL asked for {question}:");
    theirs.iter().for_each(|times| times.print(ours));
    for (what, share) in [("p50", 0.5), ("p99", 0.99)] {
        let best = theirs.iter().min_by(|a, b| a.at(share).total_cmp(&b.at(share))).expect("a contender");
        println!(
            "  best at {what}: {}: {:.3} × the matcher's time",
            best.name,
            best.at(share) / ours.at(share)
        );
    }
}
