//! Races the catalogue against the best PostgreSQL and tantivy formulations of one question: the best 20 people for
//! a vacancy, with reasons. The run is void when two lists differ, or when the tuned PostgreSQL is not so much faster
//! than the textbook's as it has to be.
//!
//! `ranking-race CONNECTION [--people N] [--queries N] [--ties id|hash] [--checks N]`; `scripts/race-ranking`
//! starts a database for it.

mod engine;
mod measure;
mod sql;
mod text;
mod workload;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ballast_domain::matching::catalogue::entry::Entry;
use ballast_domain::matching::catalogue::question::{Question, Tie, plainly};
use ballast_domain::matching::catalogue::snapshot::{Catalogue, Change, Keeper};
use ballast_domain::matching::catalogue::{Instructions, Scratch};
use postgres::{Client, NoTls};

use crate::measure::{Times, at, bandwidth, cpu_micros};
use crate::workload::{Kind, Random, SKILLS, Workload, id};

const TOP: usize = 20;
const SEED: u64 = 20_261_124;
const TIE_SEED: [u8; 16] = *b"one seed for all";
const KINDS: [Kind; 3] = [Kind::A, Kind::B, Kind::C];
/// The textbook is asked every so many questions, as it takes long.
const TEXTBOOK_EVERY: usize = 5;
/// How many times the tuned PostgreSQL has to be faster than the textbook's at the median.
const TUNED: [f64; 3] = [20.0, 20.0, 5.0];
/// Below so many people nothing is said about speed: everything is small.
const PEOPLE_FOR_SPEED: usize = 500_000;
/// Changes a second in the last part.
const CHANGES: u32 = 1000;

struct Arguments {
    connection: String,
    people: usize,
    queries: usize,
    hash: bool,
    checks: usize,
}

fn arguments() -> Arguments {
    let mut given = std::env::args().skip(1);
    let connection = given.next().expect("a connection string");
    let mut all = Arguments { connection, people: 1_000_000, queries: 200, hash: false, checks: 10_000 };
    while let Some(name) = given.next() {
        let value = given.next().unwrap_or_default();
        let number = || value.parse().unwrap_or_else(|_| panic!("{name} takes a number"));
        match name.as_str() {
            "--people" => all.people = number(),
            "--queries" => all.queries = number(),
            "--checks" => all.checks = number(),
            "--ties" => all.hash = value == "hash",
            _ => panic!("{name} is no option"),
        }
    }
    all
}

fn main() {
    let asked = arguments();
    let tie = if asked.hash { Tie::Hash(TIE_SEED) } else { Tie::Id };
    let seed = asked.hash.then_some(TIE_SEED);
    let mut workload = Workload::new(SEED);
    let entries: Vec<Entry> = (0..asked.people as u32).map(|n| workload.person(id(n))).collect();
    let questions: Vec<(Kind, Vec<Question>)> = KINDS
        .iter()
        .map(|kind| (*kind, (0..asked.queries).map(|_| workload.question(*kind, tie)).collect()))
        .collect();
    check(asked.checks, tie);

    let start = Instant::now();
    let catalogue = Catalogue::new(entries.clone()).expect("everybody fits");
    let built = start.elapsed();
    let start = Instant::now();
    let text = text::Text::build(&entries, seed);
    let indexed = start.elapsed();
    let start = Instant::now();
    let mut client = Client::connect(&asked.connection, NoTls).expect("the database");
    let wide = sql::load(&mut client, &entries, seed);
    let loaded = start.elapsed();
    let each = |bytes: f64| bytes / asked.people as f64;
    println!(
        "{} people, {} questions a kind, ties by {}",
        asked.people,
        asked.queries,
        if asked.hash { "hash" } else { "id" }
    );
    println!("built in / bytes a person:");
    println!("  catalogue   {:>8.2} s  {:>6.1}", built.as_secs_f64(), each(catalogue.bytes() as f64));
    println!("  tantivy     {:>8.2} s  {:>6.1}", indexed.as_secs_f64(), each(text.bytes() as f64));
    println!(
        "  PostgreSQL  {:>8.2} s  {:>6.1} (the tuned table with its index)",
        loaded.as_secs_f64(),
        each(wide as f64)
    );

    let mut contenders = sql::contenders(&asked.connection);
    let (memory, cache) = (bandwidth(256 << 20), bandwidth(8 << 20));
    println!(
        "one core reads {:.1} GB/s from memory, {:.1} GB/s from the last cache",
        memory / 1e3,
        cache / 1e3
    );
    let scratch = &mut Scratch::default();
    let mut void = Vec::new();
    for ((kind, questions), required) in questions.iter().zip(TUNED) {
        println!(
            "{kind:?}: microseconds {:>33} {:>10} {:>10} {:>10} {:>10} {:>10}",
            "queries", "wall min", "wall p50", "wall p99", "CPU p50", "CPU p99"
        );
        let mut ours = Times::new("catalogue, in turns with the others");
        let mut theirs: Vec<Times> = contenders.iter().map(|c| Times::new(&c.name)).collect();
        let mut tantivy = Times::new("tantivy");
        for (n, question) in questions.iter().enumerate() {
            let list = ours.take(cpu_micros, || catalogue.search(question, TOP, scratch));
            assert_eq!(
                tantivy.take(cpu_micros, || text.ask(question)),
                list,
                "{kind:?} {n}: tantivy differs, the run is void"
            );
            for (contender, times) in contenders.iter_mut().zip(&mut theirs) {
                if contender.textbook && !n.is_multiple_of(TEXTBOOK_EVERY) {
                    continue;
                }
                let process = contender.process();
                let found = times.take(|| measure::cpu_micros_of(process), || contender.ask(question));
                assert_eq!(found, list, "{kind:?} {n}: {} differs, the run is void", contender.name);
            }
        }
        ours.print();
        let alone = alone(&catalogue, questions, Instructions::Best, scratch);
        alone.print();
        self::alone(&catalogue, questions, Instructions::Plain, scratch).print();
        tantivy.print();
        let mut tantivy_alone = Times::new("tantivy, on its own, each question 3 times");
        for question in (0..3).flat_map(|_| questions) {
            tantivy_alone.take(cpu_micros, || text.ask(question));
        }
        tantivy_alone.print();
        theirs.iter().for_each(Times::print);
        // Of the questions that the textbook was asked too.
        let median = |textbook: bool| {
            let of = contenders.iter().zip(&theirs).filter(|(c, _)| c.textbook == textbook);
            let every = if textbook { 1 } else { TEXTBOOK_EVERY };
            of.map(|(_, times)| at(&times.wall.iter().copied().step_by(every).collect::<Vec<_>>(), 0.5))
                .fold(f64::MAX, f64::min)
        };
        let ratio = median(true) / median(false);
        println!(
            "  tuned PostgreSQL is {ratio:.1} × the textbook's speed at the median (needed: {required})"
        );
        if asked.people >= PEOPLE_FOR_SPEED && ratio < required {
            void.push(format!("{kind:?}: {ratio:.1} < {required}"));
        }
        floor(&entries, questions, &alone, memory, cache);
    }
    changing(&entries, catalogue, &questions, &mut workload);
    assert!(void.is_empty(), "the run is void: PostgreSQL was not tuned well enough: {void:?}");
    println!("identical lists, with reasons, on every question and engine");
}

/// The catalogue asked back to back, as a node does.
fn alone(
    catalogue: &Catalogue,
    questions: &[Question],
    instructions: Instructions,
    scratch: &mut Scratch,
) -> Times {
    let plain = if instructions == Instructions::Plain { ", no AVX2" } else { "" };
    let mut times = Times::new(&format!("catalogue, on its own, each 5 times{plain}"));
    for question in (0..5).flat_map(|_| questions) {
        times.take(cpu_micros, || catalogue.search_with(question, TOP, instructions, scratch));
    }
    times
}

/// What any exact way has to read at least: of each essential skill the shorter of a list (two bytes a holder) and a
/// bitmap, in the regions asked for.
fn floor(entries: &[Entry], questions: &[Question], alone: &Times, memory: f64, cache: f64) {
    let mut held = vec![0usize; SKILLS];
    entries.iter().flat_map(|e| e.skills.skills()).for_each(|(skill, _)| held[usize::from(skill)] += 1);
    let mut by_region = vec![0usize; 64];
    entries.iter().for_each(|e| by_region[usize::from(e.region)] += 1);
    let bytes: Vec<f64> = questions
        .iter()
        .map(|question| {
            let essential = question.wanted().iter().filter(|one| one.floor > 0);
            let whole: usize =
                essential.map(|one| (2 * held[usize::from(one.skill)]).min(entries.len() / 8)).sum();
            let people: usize = (0..64).filter(|r| question.asks_for(*r)).map(|r| by_region[r]).sum();
            whole as f64 * people as f64 / entries.len() as f64
        })
        .collect();
    let (p50, cpu) = (at(&bytes, 0.5), at(&alone.cpu, 0.5));
    println!(
        "  floor at the median: {:.0} KB, {:.1} µs from memory, {:.1} µs from the last cache; the catalogue takes {:.1} × and {:.1} ×",
        p50 / 1e3,
        p50 / memory,
        p50 / cache,
        cpu * memory / p50,
        cpu * cache / p50
    );
}

/// Lists against looking at everybody, on small crowds.
fn check(count: usize, tie: Tie) {
    let mut workload = Workload::new(SEED + 1);
    let scratch = &mut Scratch::default();
    let start = Instant::now();
    for crowd in 0..count.div_ceil(500) {
        let people = [300, 5000, 20_000][crowd % 3];
        let entries: Vec<Entry> = (0..people).map(|n| workload.person(id(n))).collect();
        let catalogue = Catalogue::new(entries.clone()).expect("everybody fits");
        for n in 0..500.min(count - crowd * 500) {
            let question = workload.question(KINDS[n % 3], tie);
            let plain = plainly(&question, &entries, TOP);
            assert_eq!(catalogue.search(&question, TOP, scratch), plain, "{question:?}: the run is void");
        }
    }
    println!(
        "{count} questions to small crowds agree with looking at everybody ({:.0} s)",
        start.elapsed().as_secs_f64()
    );
}

/// Asks while another thread changes people and folds; at its end nobody may be missing or old.
fn changing(
    entries: &[Entry],
    catalogue: Catalogue,
    questions: &[(Kind, Vec<Question>)],
    workload: &mut Workload,
) {
    println!("while {CHANGES} people a second change, come or go:");
    let mut people = entries.to_vec();
    let mut random = Random(SEED);
    let changes: Vec<Change> = (0..60 * CHANGES)
        .map(|n| {
            let at = random.below(people.len());
            match n % 10 {
                0 if people.len() > 1 => Change::Remove(people.swap_remove(at).id),
                1 => {
                    let fresh = workload.person(id(entries.len() as u32 + n));
                    people.push(fresh.clone());
                    Change::Put(fresh)
                }
                _ => {
                    let changed = workload.person(people[at].id);
                    people[at] = changed.clone();
                    Change::Put(changed)
                }
            }
        })
        .collect();
    let keeper = Mutex::new(Keeper::new(catalogue));
    let over = AtomicBool::new(false);
    let mut worst = Duration::ZERO;
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let (cpu, start) = (cpu_micros(), Instant::now());
            let (mut late, mut folds) = (Duration::ZERO, 0);
            for (n, change) in changes.iter().enumerate() {
                let due = Duration::from_secs_f64(n as f64 / f64::from(CHANGES));
                if let Some(wait) = due.checked_sub(start.elapsed()) {
                    std::thread::sleep(wait);
                }
                keeper.lock().unwrap().apply(change.clone());
                late = late.max(start.elapsed().saturating_sub(due));
                let copy = keeper.lock().unwrap().begin();
                if let Some(copy) = copy {
                    let folded = copy.folded().expect("everybody fits");
                    keeper.lock().unwrap().finish(folded);
                    folds += 1;
                }
            }
            over.store(true, Ordering::Relaxed);
            (late, folds, (cpu_micros() - cpu) / start.elapsed().as_secs_f64() / 1e6)
        });
        let scratch = &mut Scratch::default();
        let mut times: Vec<Times> =
            questions.iter().map(|(kind, _)| Times::new(&format!("catalogue, {kind:?}"))).collect();
        let mut n = 0;
        while !over.load(Ordering::Relaxed) {
            for ((_, questions), times) in questions.iter().zip(&mut times) {
                let copy = keeper.lock().unwrap().newest().clone();
                times.take(cpu_micros, || copy.search(&questions[n % questions.len()], TOP, scratch));
            }
            n += 1;
        }
        let (late, folds, share) = writer.join().unwrap();
        worst = worst.max(late);
        times.iter().for_each(Times::print);
        println!(
            "  {folds} folds; a change waited {:.0} ms at most; the writer took {:.0} % of a core",
            worst.as_secs_f64() * 1e3,
            share * 100.0
        );
    });
    let newest = keeper.into_inner().unwrap().newest().clone();
    let scratch = &mut Scratch::default();
    for question in questions.iter().flat_map(|(_, questions)| questions.iter().take(5)) {
        assert_eq!(
            newest.search(question, TOP, scratch),
            plainly(question, &people, TOP),
            "after the changes: the run is void"
        );
    }
}
