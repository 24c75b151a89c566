//! The same people in PostgreSQL: as a textbook would store and ask them, and in the best way found.

use std::fmt::Write as _;
use std::io::Write as _;

use ballast_domain::matching::catalogue::entry::Entry;
use ballast_domain::matching::catalogue::question::{Question, Ranked};
use postgres::types::{ToSql, Type};
use postgres::{Client, NoTls, Statement};

use crate::engine::{at_least, order, ranked, region_token};
use crate::workload::{REGIONS, SKILLS};

/// A vacancy names so many skills.
const WANTED: usize = 6;

/// A way to store and ask, on a connection of its own.
pub struct Contender {
    pub name: String,
    /// Whether it is the textbook's.
    pub textbook: bool,
    client: Client,
    process: i32,
    /// For some regions, and for all.
    statements: Vec<Statement>,
}

/// Fills the tables, makes the indexes and reads all of it into the cache. Answers the bytes of the tuned layout.
pub fn load(client: &mut Client, entries: &[Entry], seed: Option<[u8; 16]>) -> i64 {
    client
        .batch_execute(
            "CREATE TABLE person (id int4 NOT NULL, tie int8 NOT NULL, class int4 NOT NULL, region int4 NOT NULL, wage int4 NOT NULL);
             CREATE TABLE person_skill (person int4 NOT NULL, skill int4 NOT NULL, level int4 NOT NULL);
             CREATE TABLE wide (id int4 NOT NULL, tie int8 NOT NULL, class int2 NOT NULL, region int2 NOT NULL, wage int2 NOT NULL,
               vector bytea NOT NULL, tokens int4[] NOT NULL);
             ALTER TABLE wide ALTER vector SET STORAGE PLAIN, ALTER tokens SET STORAGE PLAIN;",
        )
        .unwrap();
    copy(client, "person", entries, |line, e| {
        let _ = writeln!(line, "{}\t{}\t{}\t{}\t{}", e.id, order(e.id, seed), e.class, e.region, e.wage);
    });
    copy(client, "person_skill", entries, |line, e| {
        for (skill, level) in e.skills.skills() {
            let _ = writeln!(line, "{}\t{skill}\t{level}", e.id);
        }
    });
    copy(client, "wide", entries, |line, e| {
        let _ = write!(line, "{}\t{}\t{}\t{}\t{}\t\\\\x", e.id, order(e.id, seed), e.class, e.region, e.wage);
        let mut vector = [0u8; SKILLS];
        let mut tokens = vec![region_token(usize::from(e.region)).to_string()];
        for (skill, level) in e.skills.skills() {
            vector[usize::from(skill)] = level;
            tokens.extend((1..=level).map(|level| at_least(skill, level).to_string()));
        }
        vector.iter().for_each(|level| {
            let _ = write!(line, "{level:02x}");
        });
        let _ = writeln!(line, "\t{{{}}}", tokens.join(","));
    });
    client
        .batch_execute(
            "ALTER TABLE person ADD PRIMARY KEY (id);
             ALTER TABLE person_skill ADD PRIMARY KEY (person, skill);
             CREATE INDEX ON person_skill (skill);
             CREATE INDEX ON person (region);
             CREATE INDEX ON wide USING gin (tokens) WITH (fastupdate = off);
             ALTER TABLE wide ALTER tokens SET STATISTICS 2000;",
        )
        .unwrap();
    client.batch_execute("VACUUM (ANALYZE)").unwrap();
    client
        .batch_execute(
            "CREATE EXTENSION pg_prewarm;
             SELECT pg_prewarm(oid) FROM pg_class WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace;",
        )
        .unwrap();
    client.query_one("SELECT pg_total_relation_size('wide')", &[]).unwrap().get(0)
}

fn copy(client: &mut Client, table: &str, entries: &[Entry], write: impl Fn(&mut String, &Entry)) {
    let mut copying = client.copy_in(&format!("COPY {table} FROM STDIN")).unwrap();
    for chunk in entries.chunks(4096) {
        let mut text = String::new();
        chunk.iter().for_each(|entry| write(&mut text, entry));
        copying.write_all(text.as_bytes()).unwrap();
    }
    copying.finish().unwrap();
}

/// The sum of a score where `level` gives SQL for the level of the n-th skill. Parameters: 1–6 skills, 7–12 levels
/// needed, 13–18 weights, 19–24 floors, 25 the offer, 26 regions, 27 tokens, 28 tokens of regions.
fn score(level: impl Fn(usize) -> String) -> String {
    let skills: String = (0..WANTED)
        .map(|n| format!("${} * (1000 * least({}, ${need}) / ${need}) + ", 13 + n, level(n), need = 7 + n))
        .collect();
    format!("{skills}4000 * p.class - 2 * greatest(0, p.wage - $25)")
}

fn select(from_where: &str, level: impl Fn(usize) -> String) -> String {
    let levels: String = (0..WANTED).map(|n| format!(", {}::int4", level(n))).collect();
    // What is not used in a variant is named once, so that each has the same parameters.
    let named = "$1 + $2 + $3 + $4 + $5 + $6 + $19 + $20 + $21 + $22 + $23 + $24 IS NOT NULL AND $26::int4[] IS NOT NULL \
        AND $27::int4[] IS NOT NULL AND $28::int4[] IS NOT NULL";
    format!(
        "SELECT p.id, ({})::int4 AS score, p.class::int4, p.wage::int4{levels} FROM {from_where} \
         AND p.wage * 5 <= $25 * 6 AND {named} ORDER BY score DESC, p.tie, p.id LIMIT 20",
        score(level)
    )
}

/// As a textbook would: the vacancy's skills as a table, joined with the people's, grouped by person.
fn textbook(somewhere: bool) -> String {
    let regions = if somewhere { "p.region = ANY($26)" } else { "$26::int4[] IS NOT NULL" };
    let levels: String = (1..=WANTED)
        .map(|n| {
            format!(
                ", coalesce((SELECT s.level FROM person_skill s WHERE s.person = t.id AND s.skill = ${n}), 0)"
            )
        })
        .collect();
    let column = |from: usize| {
        let parameters: Vec<String> = (from..from + WANTED).map(|n| format!("${n}")).collect();
        parameters.join(", ")
    };
    format!(
        "SELECT t.id, t.score, t.class, t.wage{levels} FROM (
           SELECT p.id, p.tie, p.class, p.wage,
             (sum(r.weight * (1000 * least(s.level, r.need) / r.need)) + 4000 * p.class - 2 * greatest(0, p.wage - $25))::int4 AS score
           FROM unnest(ARRAY[{}], ARRAY[{}], ARRAY[{}], ARRAY[{}]) AS r (skill, need, weight, floor)
           JOIN person_skill s ON s.skill = r.skill
           JOIN person p ON p.id = s.person
           WHERE {regions} AND p.wage * 5 <= $25 * 6 AND $27::int4[] IS NOT NULL AND $28::int4[] IS NOT NULL
           GROUP BY p.id
           HAVING count(*) FILTER (WHERE r.floor > 0 AND s.level >= r.floor) = cardinality($27)
           ORDER BY score DESC, p.tie, p.id LIMIT 20) t
         ORDER BY t.score DESC, t.tie, t.id",
        column(1),
        column(7),
        column(13),
        column(19)
    )
}

fn tuned(somewhere: bool, region_in_index: bool) -> String {
    let regions = match (somewhere, region_in_index) {
        (false, _) => "",
        (true, true) => " AND p.tokens && $28",
        (true, false) => " AND p.region = ANY($26)",
    };
    select(&format!("wide p WHERE p.tokens @> $27{regions}"), |n| format!("get_byte(p.vector, ${})", 1 + n))
}

/// All ways to ask.
pub fn contenders(connection: &str) -> Vec<Contender> {
    let contender = |name: &str, settings: &str, textbook: bool, sql: &dyn Fn(bool) -> String| {
        let mut client = Client::connect(connection, NoTls).unwrap();
        client.batch_execute(settings).unwrap();
        let mut types = vec![Type::INT4; 25];
        types.extend([Type::INT4_ARRAY, Type::INT4_ARRAY, Type::INT4_ARRAY]);
        let statements =
            [true, false].map(|somewhere| client.prepare_typed(&sql(somewhere), &types).unwrap());
        let process = client.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
        Contender {
            name: format!("PostgreSQL, {name}"),
            textbook,
            client,
            process,
            statements: statements.to_vec(),
        }
    };
    let custom = "SET plan_cache_mode = force_custom_plan; SET max_parallel_workers_per_gather = 0";
    let generic = "SET plan_cache_mode = force_generic_plan; SET max_parallel_workers_per_gather = 0";
    let parallel = "SET plan_cache_mode = force_custom_plan";
    vec![
        contender("GIN, region outside, custom plan", custom, false, &|some| tuned(some, false)),
        contender("GIN with region, custom plan", custom, false, &|some| tuned(some, true)),
        contender("GIN with region, generic plan", generic, false, &|some| tuned(some, true)),
        contender("GIN with region, workers allowed", parallel, false, &|some| tuned(some, true)),
        contender("textbook", parallel, true, &|some| textbook(some)),
    ]
}

impl Contender {
    /// The backend's process.
    pub fn process(&self) -> i32 {
        self.process
    }

    /// Asks, and explains what came.
    pub fn ask(&mut self, question: &Question) -> Vec<Ranked> {
        let int = |n: u32| n as i32;
        let wanted = question.wanted();
        let mut numbers: Vec<i32> = wanted.iter().map(|w| i32::from(w.skill)).collect();
        numbers.extend(wanted.iter().map(|w| i32::from(w.need)));
        numbers.extend(wanted.iter().map(|w| int(w.weight)));
        numbers.extend(wanted.iter().map(|w| i32::from(w.floor)));
        numbers.push(int(question.offer()));
        let asked: Vec<usize> = (0..REGIONS).filter(|r| question.asks_for(*r)).collect();
        let regions: Vec<i32> = asked.iter().map(|r| *r as i32).collect();
        let essential = wanted.iter().filter(|w| w.floor > 0);
        let tokens: Vec<i32> = essential.map(|w| at_least(w.skill, w.floor) as i32).collect();
        let places: Vec<i32> = asked.iter().map(|r| region_token(*r) as i32).collect();
        let mut parameters: Vec<&(dyn ToSql + Sync)> = numbers.iter().map(|n| n as _).collect();
        parameters.extend([&regions as &(dyn ToSql + Sync), &tokens, &places]);
        let variant = usize::from(question.asks_everywhere());
        let rows = self.client.query(&self.statements[variant], &parameters).unwrap();
        rows.iter()
            .map(|row| {
                let level = |n: usize| row.get::<_, i32>(4 + n) as u8;
                let (id, score, class, wage): (i32, i32, i32, i32) =
                    (row.get(0), row.get(1), row.get(2), row.get(3));
                ranked(question, id as u128, score, class as u8, wage as u16, level)
            })
            .collect()
    }
}
