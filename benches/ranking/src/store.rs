//! The same people in PostgreSQL, in several layouts, and the same question in SQL for each.
//!
//! Everything that can be worked out before the question is: whether and when the law is content, evidence ×
//! decay of each claim for the day, the hash by which ties fall, the counties inside a wish. Dates are day
//! numbers. Two questions are asked: for the top of the qualified alone, which an index can narrow, and for the
//! whole shortlist, which the matcher always answers: four lists, totals, and how many each code keeps out.

use std::fmt::Write as _;
use std::io::Write as _;

use ballast_domain::base::civil_time::{CivilDate, months_between};
use ballast_domain::matching::candidate::{ClassTie, Shifts};
use ballast_domain::matching::profile::Profile;
use ballast_domain::matching::query::{Query, Vacancy};
use ballast_domain::matching::rank::tie;
use ballast_domain::record::skill_claim::{Claim, EvidenceKind};
use chrono::Datelike as _;
use postgres::types::{ToSql, Type};
use postgres::{Client, Row, Statement};

use crate::workload::{COUNTIES, Person, SKILLS, county, factory, skill_number};

const NEVER: i32 = i32::MAX;

/// One layout with one setting of the planner, on its own connection.
pub struct Contender {
    pub name: String,
    client: Client,
    statement: Statement,
    region_token: bool,
}

fn day(date: CivilDate) -> i32 {
    date.num_days_from_ce()
}

fn shift_mask(s: Shifts) -> usize {
    usize::from(s.day) | usize::from(s.evening) << 1 | usize::from(s.night) << 2
}

/// Level in bits 0–2, certified in 3, proved in 4, evidence × decay in hundredths of a per mille above 8.
fn packed(claim: &Claim, profile: &Profile, today: CivilDate) -> i32 {
    let evidence = profile.evidence(claim.evidence);
    assert_eq!(evidence % 100, 0, "the packing keeps evidence in steps of 100");
    let factor = evidence / 100 * profile.decay(claim.decay, months_between(claim.last_used_on, today));
    let flags =
        u32::from(claim.evidence == EvidenceKind::Certified) << 3 | u32::from(claim.evidence.proves()) << 4;
    (factor << 8 | flags | u32::from(claim.level)) as i32
}

fn token(skill: usize, level: u8) -> i32 {
    skill as i32 * 8 + i32::from(level)
}

fn region_token(county: usize) -> i32 {
    (SKILLS * 8 + county) as i32
}

/// An array as COPY wants it.
fn array<T: std::fmt::Display>(items: impl Iterator<Item = T>) -> String {
    let items: Vec<String> = items.map(|i| i.to_string()).collect();
    format!("{{{}}}", items.join(","))
}

const SHARED: &str = "id int4 NOT NULL, tie int8 NOT NULL, clear_from int4 NOT NULL, clear_until int4 NOT NULL, \
    free_from int4 NOT NULL, free_until int4 NOT NULL, wage int4, near int8 NOT NULL, home int4 NOT NULL, \
    dormitory bool NOT NULL, age_from int4 NOT NULL, covered_until int4 NOT NULL, unsure bool NOT NULL, \
    wishes bool NOT NULL, dormitory_no bool NOT NULL, shifts int4 NOT NULL, class_factory int4 NOT NULL, class_points int4 NOT NULL";

/// Fills every layout, makes the indexes and reads all of it into the cache.
pub fn load(client: &mut Client, people: &[Person], seed: &[u8; 16], profile: &Profile, today: CivilDate) {
    client
        .batch_execute(&format!(
            "CREATE TABLE person ({SHARED}, PRIMARY KEY (id));
             CREATE TABLE claim (person int4, skill int4, level int4, packed int4);
             CREATE TABLE wide_array ({SHARED}, skills int2[] NOT NULL, packed int4[] NOT NULL, tokens int4[] NOT NULL);
             CREATE TABLE wide_bytes ({SHARED}, vector bytea NOT NULL, tokens int4[] NOT NULL);
             ALTER TABLE wide_bytes ALTER vector SET STORAGE PLAIN;
             CREATE TABLE posting (skill int4 NOT NULL, level int4 NOT NULL, {SHARED}, skills int2[] NOT NULL, packed int4[] NOT NULL);"
        ))
        .unwrap();
    let (mut person, mut claims, mut arrays, mut bytes) =
        (String::new(), String::new(), String::new(), String::new());
    let mut postings: Vec<(usize, u8, String)> = Vec::new();
    for (id, one) in people.iter().enumerate() {
        let candidate = &one.candidate;
        let tie = (tie(seed, candidate.id) ^ 1 << 63) as i64;
        let wishes = candidate.availability.as_ref();
        let near = (0..COUNTIES)
            .filter(|n| wishes.is_some_and(|w| w.regions.iter().any(|r| r.contains(&county(*n)))))
            .fold(0u64, |mask, n| mask | 1 << n);
        let home = (0..COUNTIES).find(|n| candidate.home == Some(county(*n))).unwrap();
        let class = candidate.classes.first();
        let mut shared = format!("{id}\t{tie}\t");
        let covered_until = one.covered_until.map_or(NEVER, day);
        let clear_from = one.age_from.filter(|_| one.proved).map_or(NEVER, day);
        let unsure = !one.proved || one.age_from.is_none();
        let age_from = one.age_from.map_or(0, day);
        let free = wishes.map_or((NEVER, NEVER), |w| (day(w.from), w.until.map_or(NEVER, day)));
        let wage = wishes.and_then(|w| w.wage_min_minor).map_or("\\N".to_owned(), |w| w.to_string());
        let dormitory = wishes.and_then(|w| w.dormitory) == Some(true);
        let dormitory_no = wishes.and_then(|w| w.dormitory) == Some(false);
        let mask = wishes.map_or(0, |w| shift_mask(w.shifts));
        let factory_number = class.map_or(-1, |(f, _)| f.0.as_u128() as i64 - factory(0).0.as_u128() as i64);
        let class_points = class.map_or(0, |(_, tie)| match tie {
            ClassTie::Enrolled => profile.class_points.0,
            ClassTie::Finished => profile.class_points.1,
        });
        let _ = write!(
            shared,
            "{clear_from}\t{covered_until}\t{}\t{}\t{wage}\t{}\t{home}\t{dormitory}\t{age_from}\t{covered_until}\t{unsure}\t{}\t{dormitory_no}\t{mask}\t{factory_number}\t{class_points}",
            free.0,
            free.1,
            near as i64,
            wishes.is_some()
        );
        let _ = writeln!(person, "{shared}");
        let of = |c: &Claim| packed(c, profile, today);
        let skills = array(candidate.claims.iter().map(|c| skill_number(c.skill)));
        let packs = array(candidate.claims.iter().map(of));
        let mut tokens: Vec<i32> = Vec::new();
        let mut vector = vec![0u8; SKILLS * 3];
        for claim in &candidate.claims {
            let n = skill_number(claim.skill);
            let pack = of(claim);
            let _ = writeln!(claims, "{id}\t{n}\t{}\t{pack}", claim.level);
            vector[n * 3..n * 3 + 3].copy_from_slice(&[
                (pack & 255) as u8,
                (pack >> 16) as u8,
                (pack >> 8) as u8,
            ]);
            if claim.evidence.proves() {
                tokens.extend((1..=claim.level).map(|level| token(n, level)));
                postings.push((n, claim.level, format!("{shared}\t{skills}\t{packs}")));
            }
        }
        tokens.extend((0..COUNTIES).filter(|n| near >> n & 1 == 1).map(region_token));
        let tokens = array(tokens.iter());
        let _ = writeln!(arrays, "{shared}\t{skills}\t{packs}\t{tokens}");
        let hex = vector.iter().fold(String::new(), |mut hex, b| {
            let _ = write!(hex, "{b:02x}");
            hex
        });
        let _ = writeln!(bytes, "{shared}\t\\\\x{hex}\t{tokens}");
    }
    postings.sort_by_key(|(skill, level, _)| (*skill, *level));
    let posting: String = postings.iter().map(|(n, level, row)| format!("{n}\t{level}\t{row}\n")).collect();
    let tables = [
        ("person", person),
        ("claim", claims),
        ("wide_array", arrays),
        ("wide_bytes", bytes),
        ("posting", posting),
    ];
    for (table, text) in tables {
        let mut writer = client.copy_in(&format!("COPY {table} FROM STDIN")).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
        writer.finish().unwrap();
    }
    client
        .batch_execute(
            "CREATE INDEX ON claim (skill, level, person) INCLUDE (packed);
             CREATE UNIQUE INDEX ON claim (person, skill) INCLUDE (packed);
             CREATE INDEX ON wide_array USING gin (tokens) WITH (fastupdate = off);
             CREATE INDEX ON wide_bytes USING gin (tokens) WITH (fastupdate = off);
             CREATE INDEX ON posting (skill, level);
             ALTER TABLE wide_array ALTER tokens SET STATISTICS 2000;
             ALTER TABLE wide_bytes ALTER tokens SET STATISTICS 2000;
             ALTER TABLE claim ALTER skill SET STATISTICS 1000;",
        )
        .unwrap();
    client.batch_execute("VACUUM (ANALYZE)").unwrap();
    client
        .batch_execute(
            "CREATE EXTENSION pg_prewarm;
             SELECT pg_prewarm(oid) FROM pg_class WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace;",
        )
        .unwrap();
}

/// Parameters by position: 1–6 skills, 7–12 levels asked, 13–18 points, 19–20 floors, 21 start, 22 county,
/// 23 dormitory, 24 factory, 25–30 most wish of each wage step, 31 points by shifts, 32 points by home,
/// 33 tokens, 34–35 the rarer essential and its floor.
fn types() -> Vec<Type> {
    let mut types = vec![Type::INT4; 30];
    types[22] = Type::BOOL;
    types.extend([Type::INT4_ARRAY, Type::INT4_ARRAY, Type::INT4_ARRAY, Type::INT4, Type::INT4]);
    types
}

const FEASIBLE: &str = "p.clear_from <= $21 AND p.clear_until >= $21 AND p.free_from <= $21 AND p.free_until >= $21 \
    AND p.wage <= $30 AND ((p.near >> $22) & 1 = 1 OR ($23 AND p.dormitory))";

/// The score without its skills, as SQL over `p`.
fn rest(profile: &Profile) -> String {
    let steps: String = profile
        .wage_steps
        .iter()
        .enumerate()
        .map(|(n, (_, points))| format!("WHEN p.wage <= ${} THEN {points} ", 25 + n))
        .collect();
    format!(
        "CASE {steps} ELSE 0 END + greatest($32[p.home + 1], CASE WHEN $23 AND p.dormitory THEN {} ELSE 0 END) \
         + $31[p.shifts + 1] + CASE WHEN p.class_factory = $24 THEN p.class_points ELSE 0 END",
        profile.dormitory_points
    )
}

/// The skills' points and the certificates', where `level`, `factor` and `certified` give SQL for the n-th skill.
fn skills_sum(
    profile: &Profile,
    level: impl Fn(usize) -> String,
    factor: impl Fn(usize) -> String,
    certified: impl Fn(usize) -> String,
) -> String {
    let mut sum = String::new();
    for n in 0..6 {
        let (level, factor, need, points) = (level(n), factor(n), 7 + n, 13 + n);
        let _ =
            write!(sum, "coalesce(${points} * least({level}, ${need}) * {factor} / (${need} * 10000), 0) + ");
    }
    let certificates = profile.certificate_points;
    sum + &format!("{certificates} * (coalesce({}, 0) + coalesce({}, 0)) / 2 + ", certified(0), certified(1))
}

fn from_packed(profile: &Profile, v: impl Fn(usize) -> String) -> String {
    skills_sum(
        profile,
        |n| format!("({} & 7)", v(n)),
        |n| format!("({} >> 8)", v(n)),
        |n| format!("{} >> 3 & 1", v(n)),
    )
}

fn top(from_where: &str, score: &str) -> String {
    format!("SELECT p.id, {score} AS score FROM {from_where} ORDER BY score DESC, p.tie, p.id LIMIT 20")
}

fn statements(profile: &Profile) -> Vec<(&'static str, bool, String)> {
    let rest = rest(profile);
    let in_array = |n: usize| format!("p.packed[array_position(p.skills, ${}::int2)]", 1 + n);
    let proved = |v: &str, n: usize| format!("({v} & 16) <> 0 AND ({v} & 7) >= ${}", 19 + n);
    let array_score = from_packed(profile, in_array) + &rest;
    let essentials = format!("{} AND {}", proved(&in_array(0), 0), proved(&in_array(1), 1));
    // The same with each element looked up once; the fence keeps the planner from undoing it.
    let looked_up: String = (0..6).map(|n| format!(", {} AS v{n}", in_array(n))).collect();
    let once = from_packed(profile, |n| format!("p.v{n}")) + &rest;
    let bytes_score = skills_sum(
        profile,
        |n| format!("(get_byte(p.vector, ${} * 3) & 7)", 1 + n),
        |n| format!("((get_byte(p.vector, ${0} * 3 + 1) << 8) | get_byte(p.vector, ${0} * 3 + 2))", 1 + n),
        |n| format!("get_byte(p.vector, ${} * 3) >> 3 & 1", 1 + n),
    ) + &rest;
    let claims_score = from_packed(profile, |n| format!("c{n}.packed")) + &rest;
    let optional: String = (2..6)
        .map(|n| format!(" LEFT JOIN claim c{n} ON c{n}.person = p.id AND c{n}.skill = ${}", 1 + n))
        .collect();
    let claims_from = format!(
        "claim c0 JOIN claim c1 ON c1.person = c0.person AND c1.skill = $2 AND c1.level >= $20 AND (c1.packed & 16) <> 0 \
         JOIN person p ON p.id = c0.person{optional} \
         WHERE c0.skill = $1 AND c0.level >= $19 AND (c0.packed & 16) <> 0 AND {FEASIBLE}"
    );
    let gin = format!("p.tokens @> $33 AND {FEASIBLE}");
    let posted = format!("p.skill = $34 AND p.level >= $35 AND {FEASIBLE} AND {essentials}");
    let fenced = |table: &str, filter: &str| {
        format!("(SELECT p.*{looked_up} FROM {table} p WHERE {filter} OFFSET 0) p")
    };
    vec![
        ("claims joined, covering indexes", false, top(&claims_from, &claims_score)),
        ("wide row, arrays, GIN", false, top(&format!("wide_array p WHERE {gin}"), &array_score)),
        ("wide row, arrays, GIN, fenced", false, top(&fenced("wide_array", &gin), &once)),
        ("wide row, arrays, GIN with region", true, top(&fenced("wide_array", &gin), &once)),
        ("wide row, byte vector, GIN", false, top(&format!("wide_bytes p WHERE {gin}"), &bytes_score)),
        (
            "wide row, byte vector, GIN with region",
            true,
            top(&format!("wide_bytes p WHERE {gin}"), &bytes_score),
        ),
        ("wide row a skill, clustered", false, top(&format!("posting p WHERE {posted}"), &array_score)),
        ("wide row a skill, clustered, fenced", false, top(&fenced("posting", &posted), &once)),
    ]
}

/// The whole shortlist: where everyone stands, the first 20 of each list, the totals and the counts by code.
fn whole(profile: &Profile) -> Vec<(&'static str, bool, String)> {
    let rest = rest(profile);
    let in_array = |n: usize| format!("p.packed[array_position(p.skills, ${}::int2)]", 1 + n);
    // The essentials decide where somebody stands and are looked up once; the others only for who is listed.
    let from_array = from_packed(profile, |n| if n < 2 { format!("p.v{n}") } else { in_array(n) });
    let in_bytes = |n: usize| format!("get_byte(p.vector, ${} * 3)", 1 + n);
    let from_bytes = skills_sum(
        profile,
        |n| format!("({} & 7)", if n < 2 { format!("p.v{n}") } else { in_bytes(n) }),
        |n| format!("((get_byte(p.vector, ${0} * 3 + 1) << 8) | get_byte(p.vector, ${0} * 3 + 2))", 1 + n),
        |n| format!("p.v{n} >> 3 & 1"),
    );
    let far = "(p.near >> $22) & 1 = 0";
    let sql = |table: &str, looked_up: &dyn Fn(usize) -> String, skills: &str| {
        format!(
            "WITH s AS MATERIALIZED (
               SELECT p.id, p.tie, p.codes, p.standing, CASE WHEN p.standing < 4 THEN {skills}{rest} ELSE 0 END AS score
               FROM (
                 SELECT p.*, CASE WHEN p.codes = 0 AND NOT p.asked THEN 0 WHEN p.codes = 0 AND p.proved THEN 1
                   WHEN p.codes = 0 THEN 4 WHEN p.codes = 1 THEN 2 ELSE 3 END AS standing
                 FROM (
                   SELECT p.*,
                     CASE WHEN v0 & 16 <> 0 AND v0 & 7 < $19 OR v1 & 16 <> 0 AND v1 & 7 < $20 THEN 1 ELSE 0 END
                     | CASE WHEN p.wishes AND (p.free_from > $21 OR p.free_until < $21) THEN 2 ELSE 0 END
                     | CASE WHEN p.wishes AND {far} AND (NOT $23 OR p.dormitory_no) THEN 4 ELSE 0 END
                     | CASE WHEN p.wage > $30 THEN 8 ELSE 0 END
                     | CASE WHEN p.covered_until < $21 THEN 16 ELSE 0 END
                     | CASE WHEN p.age_from > $21 THEN 32 ELSE 0 END AS codes,
                     p.unsure OR NOT p.wishes OR p.wage IS NULL OR coalesce(v0 & 16, 0) = 0 OR coalesce(v1 & 16, 0) = 0
                       OR {far} AND $23 AND NOT p.dormitory AND NOT p.dormitory_no AS asked,
                     coalesce(v0 & 16 <> 0 AND v0 & 7 >= $19, false) OR coalesce(v1 & 16 <> 0 AND v1 & 7 >= $20, false) AS proved
                   FROM (SELECT p.*, {} AS v0, {} AS v1 FROM {table} p OFFSET 0) p
                   OFFSET 0) p
                 OFFSET 0) p)
             SELECT * FROM (SELECT 0, id, score, NULL::int8[] FROM s WHERE standing = 0 ORDER BY score DESC, tie, id LIMIT 20) a
             UNION ALL SELECT * FROM (SELECT 1, id, score, NULL::int8[] FROM s WHERE standing = 1 ORDER BY score DESC, tie, id LIMIT 20) b
             UNION ALL SELECT * FROM (SELECT 2, id, score, NULL::int8[] FROM s WHERE standing = 2 ORDER BY score DESC, tie, id LIMIT 20) c
             UNION ALL SELECT * FROM (SELECT 3, id, score, NULL::int8[] FROM s WHERE standing = 3 ORDER BY score DESC, tie, id LIMIT 20) d
             UNION ALL SELECT 4, 0, 0, ARRAY[count(*) FILTER (WHERE standing = 0), count(*) FILTER (WHERE standing = 1),
               count(*) FILTER (WHERE standing = 2), count(*) FILTER (WHERE standing = 3), count(*) FILTER (WHERE standing = 4),
               count(*) FILTER (WHERE codes & 1 <> 0), count(*) FILTER (WHERE codes & 2 <> 0), count(*) FILTER (WHERE codes & 4 <> 0),
               count(*) FILTER (WHERE codes & 8 <> 0), count(*) FILTER (WHERE codes & 16 <> 0), count(*) FILTER (WHERE codes & 32 <> 0)] FROM s",
            looked_up(0),
            looked_up(1)
        )
    };
    let unfenced = |text: String| {
        text.replace(" OFFSET 0)", ")")
            .replace("\n                   OFFSET 0)", ")")
            .replace("\n                 OFFSET 0)", ")")
    };
    let array = sql("wide_array", &in_array, &from_array);
    let bytes = sql("wide_bytes", &in_bytes, &from_bytes);
    vec![
        ("wide row, arrays, fenced", false, array.clone()),
        ("wide row, arrays", false, unfenced(array)),
        ("wide row, byte vector, fenced", false, bytes.clone()),
        ("wide row, byte vector", false, unfenced(bytes)),
    ]
}

/// Every layout for a whole shortlist, under the settings of [`contenders`].
pub fn whole_contenders(connect: impl Fn() -> Client, profile: &Profile) -> Vec<Contender> {
    // A generic plan is the same scan without the folded constants: slower in every layout (see the docs).
    let mut all = open(connect, whole(profile));
    all.retain(|c| !c.name.ends_with("generic plan"));
    all
}

/// Every layout under every setting worth trying, each warmed by its caller.
pub fn contenders(connect: impl Fn() -> Client, profile: &Profile) -> Vec<Contender> {
    open(connect, statements(profile))
}

fn open(connect: impl Fn() -> Client, statements: Vec<(&'static str, bool, String)>) -> Vec<Contender> {
    let settings = [
        ("custom plan", "SET plan_cache_mode = force_custom_plan; SET max_parallel_workers_per_gather = 0"),
        ("generic plan", "SET plan_cache_mode = force_generic_plan; SET max_parallel_workers_per_gather = 0"),
        (
            "custom plan, 2 workers",
            "SET plan_cache_mode = force_custom_plan; SET max_parallel_workers_per_gather = 2; \
             SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; \
             SET min_parallel_index_scan_size = 0",
        ),
    ];
    let mut all = Vec::new();
    for (layout, region_token, sql) in statements {
        for (setting, set) in settings {
            let mut client = connect();
            client.batch_execute(set).unwrap();
            let statement =
                client.prepare_typed(&sql, &types()).unwrap_or_else(|e| panic!("{layout}: {e:?}\n{sql}"));
            all.push(Contender { name: format!("{layout}; {setting}"), client, statement, region_token });
        }
    }
    all
}

/// A vacancy as parameters; worked out before the clock starts.
pub struct Asked {
    numbers: Vec<i32>,
    dormitory: bool,
    shift_points: Vec<i32>,
    home_points: Vec<i32>,
    tokens: Vec<i32>,
    county: usize,
}

impl Asked {
    pub fn new(query: &Query<'_>, profile: &Profile, frequency: &[usize]) -> Self {
        let vacancy: &Vacancy = query.vacancy();
        let county_number = (0..COUNTIES).find(|n| county(*n) == vacancy.site).unwrap();
        let asked: Vec<(usize, u8, u8, u32)> = query
            .requirements()
            .map(|(r, points)| (skill_number(r.skill), r.level, r.floor, points))
            .collect();
        let mut numbers: Vec<i32> = asked.iter().map(|a| a.0 as i32).collect();
        numbers.extend(asked.iter().map(|a| i32::from(a.1)));
        numbers.extend(asked.iter().map(|a| a.3 as i32));
        numbers.extend(asked[..2].iter().map(|a| i32::from(a.2)));
        numbers.push(day(vacancy.starts_on));
        numbers.push(county_number as i32);
        numbers.push((vacancy.factory.0.as_u128() - factory(0).0.as_u128()) as i32);
        numbers.extend(
            profile
                .wage_steps
                .iter()
                .map(|(bp, _)| (vacancy.wage_max_minor * i64::from(*bp) / 10_000) as i32),
        );
        let rarer = if frequency[asked[0].0] <= frequency[asked[1].0] { asked[0] } else { asked[1] };
        numbers.extend([rarer.0 as i32, i32::from(rarer.2)]);
        let mask = shift_mask(vacancy.shifts);
        let whole = mask.count_ones();
        let shift_points =
            (0..8usize).map(|m| (profile.shift_points * (m & mask).count_ones() / whole) as i32).collect();
        let home_points =
            (0..COUNTIES).map(|n| profile.distance(county(n).distance(&vacancy.site)) as i32).collect();
        let tokens = asked[..2].iter().map(|a| token(a.0, a.2)).collect();
        Self {
            numbers,
            dormitory: vacancy.dormitory,
            shift_points,
            home_points,
            tokens,
            county: county_number,
        }
    }
}

impl Contender {
    /// The top 20 as (number of the person, score).
    pub fn ask(&mut self, asked: &Asked) -> Vec<(i32, i32)> {
        self.rows(asked).iter().map(|row| (row.get(0), row.get(1))).collect()
    }

    /// The first 20 of the four lists; then their totals, the unproved, and the counts by code.
    pub fn ask_whole(&mut self, asked: &Asked) -> ([Vec<(i32, i32)>; 4], Vec<i64>) {
        let (mut lists, mut counts) = ([const { Vec::new() }; 4], Vec::new());
        for row in self.rows(asked) {
            match lists.get_mut(row.get::<_, i32>(0) as usize) {
                Some(list) => list.push((row.get(1), row.get(2))),
                None => counts = row.get(3),
            }
        }
        (lists, counts)
    }

    fn rows(&mut self, asked: &Asked) -> Vec<Row> {
        let mut tokens = asked.tokens.clone();
        if self.region_token && !asked.dormitory {
            tokens.push(region_token(asked.county));
        }
        let n = &asked.numbers;
        let mut parameters: Vec<&(dyn ToSql + Sync)> = Vec::with_capacity(35);
        parameters.extend(n[..22].iter().map(|n| n as &(dyn ToSql + Sync)));
        parameters.push(&asked.dormitory);
        parameters.extend(n[22..29].iter().map(|n| n as &(dyn ToSql + Sync)));
        parameters.extend([&asked.shift_points as &(dyn ToSql + Sync), &asked.home_points, &tokens]);
        parameters.extend(n[29..31].iter().map(|n| n as &(dyn ToSql + Sync)));
        self.client.query(&self.statement, &parameters).unwrap()
    }
}
