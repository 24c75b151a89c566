//! The shared vectors come out exactly: what a vector expects is built anew out of the engine's answers, and compared whole.

use serde_json::{Map, Value, json};

use super::{answer, ask};

const VECTORS: &str = include_str!("../../../../domain/tests/vectors/quotas.json");

/// An answer as a vector writes it: a count as a number, a fraction or an amount as text.
fn count(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| json!(text), |n| json!(n))
}

/// A figure as a count, where what is nil is none.
fn figure(pack: &str, on: &str, facts: &Value, name: &str) -> Value {
    let plain = answer(&ask(pack, on, facts), name);
    if plain.starts_with("nil: ") { json!(0) } else { count(&plain) }
}

/// What the engine says of each vector, in the vector's own words.
fn found(id: &str, given: &Value, each: &[Value]) -> Value {
    let share = |locals: &Value, foreign: &Value, sector: &str| json!({ "ask": ["drc"], "subject": { "sector": sector }, "counts": { "locals": locals, "foreign": foreign } });
    let sg = |on: &str, facts: &Value, name: &str| figure("sg-work-pass", on, facts, name);
    let over_each = |one: &dyn Fn(&Value) -> Value| Value::Array(each.iter().map(one).collect());
    match id {
        "Q1" => {
            let facts = share(&given["locals"], &given["foreign"], "manufacturing");
            json!({ "max_foreign": sg("2026-11-01", &facts, "drc.max_foreign"), "headroom": sg("2026-11-01", &facts, "drc.headroom") })
        }
        "Q2" => {
            let assume = |name: &str, number: &Value| json!({ "parameter": name, "number": number, "source": "the vector" });
            let facts = json!({
                "subject": { "sector": "manufacturing" },
                "counts": { "total": given["total"] },
                "assume": [assume("s_pass_share/manufacturing", &given["s_pass_share"]), assume("prc_share/manufacturing", &given["prc_share"])],
            });
            json!({ "s_pass_max": sg("2026-11-01", &facts, "s_pass.max"), "prc_max": sg("2026-11-01", &facts, "prc.max") })
        }
        "Q3" => {
            let facts = share(&given["locals"], &json!(0), "services");
            json!({ "max_foreign": sg("2026-11-01", &facts, "drc.max_foreign") })
        }
        "Q4" => over_each(&|locals| {
            sg("2026-11-01", &share(locals, &json!(0), "manufacturing"), "drc.max_foreign")
        }),
        "Q5" => {
            let facts =
                json!({ "ask": ["drc"], "payroll": [{ "month": "2024-07", "wages": given["wages"] }] });
            json!({ "locals": answer(&ask("sg-work-pass", "2024-07-01", &facts), "drc.month_locals[2024-07]") })
        }
        "Q6" => {
            let facts =
                json!({ "ask": ["drc"], "payroll": [{ "month": "2020-06", "wages": given["wages"] }] });
            let locals =
                |on: &str| json!(answer(&ask("sg-work-pass", on, &facts), "drc.month_locals[2020-06]"));
            json!({ "2020-07 (1,400, half 700)": locals("2020-07-01"), "2024-07 (1,600, half 800)": locals("2024-07-01") })
        }
        "Q7" => q7(given),
        "Q8" | "Q9" => over_each(&|monthly| {
            let on = if id == "Q8" { "2011-12-31" } else { "2024-01-01" };
            let facts = json!({ "levy": { "rates": [{ "id": "a", "monthly": monthly }] } });
            json!(answer(&ask("sg-work-pass", on, &facts), "levy.daily[a]"))
        }),
        "Q10" | "Q11" => taiwan(id, given),
        "Q12" => {
            let facts = json!({ "counts": { "insured": given["insured"] } });
            let level =
                |name: &str| figure("tw-3k5", "2026-11-01", &facts, &format!("share.level_max[{name}]"));
            json!({ "D": level("D"), "C": level("C"), "B": level("B"), "A": level("A"), "A+": level("A+"), "free-trade port": level("free_trade_port") })
        }
        "Q13" => over_each(&|staff| {
            let facts = json!({ "counts": { "skilled_staff": staff } });
            figure("ae-emiratisation", "2022-12-31", &facts, "nationals.minimum_locals")
        }),
        "Q14" => over_each(&saudi_weight),
        "Q15" => korea(given),
        "Q16" => {
            let facts = json!({ "pools": [{ "pool": "first_half", "used": given["first_half_used"] }, { "pool": "second_half", "used": 0 }] });
            let of = |name: &str| figure("us-h2b", "2026-04-01", &facts, name);
            assert_eq!(
                (of("halves.cap[first_half]"), of("halves.cap[second_half]")),
                (given["first_half_cap"].clone(), given["second_half_cap"].clone())
            );
            json!({ "second_half_available": of("halves.available[second_half]"), "carried_to_next_year": of("halves.carried_to_next_year") })
        }
        "Q17" => china_points(given),
        "Q18" => {
            let facts = json!({ "internship": { "staff": [{ "number": given["staff_on_post"] }, { "post": "same", "number": given["staff_on_same_post"] }] } });
            let of = |name: &str| figure("cn-intern-2021", "2026-11-01", &facts, name);
            json!({ "max_interns": of("interns.max_interns"), "max_on_same_post": of("interns.max_on_post[same]") })
        }
        "Q19" => dandong(given),
        "Q20" => excess(given),
        other => panic!("nobody says how {other} is asked"),
    }
}

fn q7(given: &Value) -> Value {
    let months = |paid: &Value| {
        let july = format!("2026-{}", paid.as_str().unwrap());
        let month = |month: &str, paid: &str| json!({ "month": month, "paid_on": paid, "locals": 1 });
        let payroll = json!([
            month("2026-04", "2026-04-14"),
            month("2026-05", "2026-05-14"),
            month("2026-06", "2026-06-14"),
            month("2026-07", &july)
        ]);
        let found = answer(
            &ask("sg-work-pass", "2026-08-01", &json!({ "ask": ["drc"], "payroll": payroll })),
            "drc.months",
        );
        let short =
            [("2026-04", "Apr"), ("2026-05", "May"), ("2026-06", "Jun"), ("2026-07", "Jul"), (", ", ",")];
        let names = short.iter().fold(found, |text, (from, to)| text.replace(from, to));
        json!(format!("mean({names})"))
    };
    let each = given["july_contribution_paid_on"].as_array().unwrap().iter().map(months).collect();
    json!({ "august_quota_uses": Value::Array(each) })
}

fn taiwan(id: &str, given: &Value) -> Value {
    let level = if given["base"] == "10/100" { "D" } else { "B" };
    let employed = given.get("employed").cloned().unwrap_or(json!(0));
    let facts = json!({
        "counts": { "insured": given["insured"], "insured_locals": 1, "foreign": employed },
        "add_on": { "level": level, "add_on": given["add_on"], "returning_investor": true },
    });
    let of = |name: &str| figure("tw-3k5", "2026-11-01", &facts, name);
    if id == "Q10" {
        return json!({ "A": of("share.with_extra"), "B": of("share.without_extra"), "C": of("share.difference") });
    }
    json!({ "eligible": of("share.eligible") == "yes", "C": of("share.difference") })
}

/// One person there for all weeks beside one expatriate: the mean of nationals is the weight.
fn saudi_weight(wage: &Value) -> Value {
    let facts = json!({
        "people": [{ "id": "n", "class": "local" }, { "id": "x", "class": "foreign" }],
        "employment": [{ "person": "n", "from": "2020-01-01", "wage": wage }, { "person": "x", "from": "2020-01-01" }],
    });
    json!(answer(&ask("sa-nitaqat", "2026-11-01", &facts), "rate.nationals"))
}

fn korea(given: &Value) -> Value {
    let names = ["manufacturing", "agriculture", "fisheries", "construction", "services", "flexible"];
    let pools: Vec<Value> = names.iter().map(|name| json!({ "pool": name, "used": 0 })).collect();
    let facts = json!({ "pools": pools });
    let of = |name: &str| figure("kr-employment-permit", "2026-06-30", &facts, name);
    let caps: Vec<Value> = names.iter().map(|name| of(&format!("pools.cap[{name}]"))).collect();
    assert_eq!(json!(caps), given["pools"]);
    json!({ "total": of("pools.total") })
}

fn china_points(given: &Value) -> Value {
    assert_eq!(given["location"], "north-east old industrial base");
    let facts = json!({ "points": {
        "annual_salary": given["annual_salary_cny"],
        "degree": given["degree"],
        "experience_years": given["experience_years"],
        "months_a_year": given["months_a_year"],
        "hsk": given["hsk"],
        "location": "north_east_industrial",
        "age": given["age"],
        "distinctions": [],
        "local_bonus": 0,
    } });
    let of = |name: &str| figure("cn-work-permit-points", "2026-11-01", &facts, name);
    json!({ "score": of("points.score"), "category": of("points.category") })
}

fn dandong(given: &Value) -> Value {
    let of = |sector: &Value, on: &str, country: &str| {
        let facts = json!({
            "subject": { "sector": sector },
            "counts": { "workers": given["all_workers"] },
            "application": { "places": 1, "countries": [country] },
        });
        figure("cn-dandong-2012", on, &facts, "port.max_foreign")
    };
    json!({
        "max_foreign": of(&given["sector"], "2012-07-01", "KP"),
        "max_foreign_sector_electronics": of(&json!("electronics"), "2012-07-01", "KP"),
        "max_foreign_dprk_from_2017-09-11": of(&given["sector"], "2017-09-11", "KP"),
    })
}

fn excess(given: &Value) -> Value {
    let falls = given["entitlement_falls"].as_array().unwrap();
    let facts = json!({ "usage": {
        "caps": [{ "number": falls[0], "until": "2026-11-01" }, { "number": falls[1], "from": "2026-11-01" }],
        "used": given["used"],
    } });
    let of = |name: &str| figure("sg-work-pass", "2026-11-01", &facts, name);
    let before = figure("sg-work-pass", "2026-10-31", &facts, "over.balance");
    assert_eq!(before, json!(0), "the day before it falls");
    assert_eq!(of("over.then"), "revoke, hiring_bar");
    json!({
        "new": of("over.new"),
        "renewal": of("over.renewal"),
        "excess": of("over.excess"),
        "balance": of("over.balance"),
        "cure_clock_months": of("over.cure_clock_months"),
        "then": format!("revoke, {} months' hiring bar", of("over.hiring_bar_months")),
    })
}

/// How many single values a vector expects.
fn leaves(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(leaves).sum(),
        Value::Object(fields) => fields.values().map(leaves).sum(),
        _ => 1,
    }
}

#[test]
fn every_vector_comes_out_exactly_in_every_field() {
    let vectors: Vec<Map<String, Value>> = serde_json::from_str(VECTORS).unwrap();
    let none = json!({});
    let (mut compared, mut expected) = (0, 0);
    for vector in &vectors {
        let id = vector["id"].as_str().unwrap();
        let each = vector.get("given_each").and_then(Value::as_array).cloned().unwrap_or_default();
        let expect = vector.get("expect").or_else(|| vector.get("expect_each")).unwrap();
        let found = found(id, vector.get("given").unwrap_or(&none), &each);
        assert_eq!(&found, expect, "{id} {}", vector["rule"]);
        compared += leaves(&found);
        expected += leaves(expect);
    }
    assert_eq!((vectors.len(), compared, expected), (20, 59, 59));
}
