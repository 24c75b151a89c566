//! The families of rules as a pack's file writes them: names of parameters, codes of roundings and levels.

use serde::Deserialize;

use ballast_domain::base::ratio::Rounding;
use ballast_domain::quota::facts::{NodeKind, Position, Status};
use ballast_domain::quota::pack::{self, Base, Consequence, Family, Measure, TieBreak};
use ballast_domain::quota::window::Window;

use super::rule_pack::{Error, choice, choices, day, wrong};

/// A rule's family with its fields.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FamilyRow {
    ShareOfTotal(ShareOfTotalRow),
    SubShare(SubShareRow),
    Levy(LevyRow),
    Multiple(MultipleRow),
    InsuredShare(InsuredShareRow),
    StepTable(StepTableRow),
    Pools(PoolsRow),
    DemandRanking(DemandRankingRow),
    Nationalisation(NationalisationRow),
    MinimumLocals(MinimumLocalsRow),
    InternShare(InternShareRow),
    ShareOfWorkers(ShareOfWorkersRow),
    LabourMarketTest(LabourMarketTestRow),
    Excess(ExcessRow),
    Points,
    Tree,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct MeasureRow {
    threshold: Option<String>,
    weights: Option<String>,
    #[serde(default)]
    roles_excluded: Vec<String>,
    firms_max: Option<String>,
    student_weight: Option<String>,
    student_share_max: Option<String>,
    part_time_weight: Option<String>,
    part_time_firms_max: Option<String>,
    #[serde(default)]
    statuses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareOfTotalRow {
    ceiling: String,
    #[serde(default)]
    measure: MeasureRow,
    months: u32,
    cut_off_day: Option<u32>,
    rounding: String,
    scope: String,
    #[serde(default)]
    exempt_sectors: Vec<String>,
    #[serde(default)]
    passes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubShareRow {
    within: String,
    share: String,
    base: String,
    pass: Option<String>,
    country: Option<String>,
    rounding: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevyRow {
    within: String,
    tiers: String,
    daily_rounding: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MultipleRow {
    factor: String,
    #[serde(default)]
    measure: MeasureRow,
    months: u32,
    cut_off_day: Option<u32>,
    rounding: String,
    scope: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InsuredShareRow {
    base: String,
    levels: Vec<String>,
    add_ons: String,
    add_ons_returning: String,
    extra: String,
    cap: String,
    locals_min: String,
    months: u32,
    rounding: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepTableRow {
    table: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolsRow {
    cap: String,
    pools: Vec<String>,
    year_begins: u32,
    halves: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemandRankingRow {
    tie_breaks: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NationalisationRow {
    weeks: String,
    #[serde(default)]
    measure: MeasureRow,
    bands: String,
    scope: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinimumLocalsRow {
    size_min: String,
    per: String,
    share: String,
    share_step: String,
    share_since: String,
    share_rounding: String,
    named_size_min: String,
    named_minimum: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InternShareRow {
    staff_share: String,
    post_share: String,
    verdict: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareOfWorkersRow {
    share: String,
    sectors: Vec<String>,
    rounding: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabourMarketTestRow {
    days_min: String,
    valid_months: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExcessRow {
    cure_months: String,
    then: Vec<String>,
    hiring_bar_months: String,
}

fn measure(row: MeasureRow, place: &str) -> Result<Measure, Error> {
    Ok(Measure {
        roles_excluded: choices(&row.roles_excluded, Position::parse, place)?,
        statuses: choices(&row.statuses, Status::parse, place)?,
        threshold: row.threshold,
        weights: row.weights,
        firms_max: row.firms_max,
        student_weight: row.student_weight,
        student_share_max: row.student_share_max,
        part_time_weight: row.part_time_weight,
        part_time_firms_max: row.part_time_firms_max,
    })
}

fn window(months: u32, cut_off_day: Option<u32>, place: &str) -> Result<Window, Error> {
    let day = cut_off_day.is_none_or(|day| (1..=31).contains(&day));
    if !(1..=120).contains(&months) || !day {
        return Err(wrong(place, "months 1–120, cut_off_day 1–31"));
    }
    Ok(Window { months, cut_off_day })
}

fn rounding(code: &str, place: &str) -> Result<Rounding, Error> {
    choice(code, Rounding::parse, place)
}

fn level(code: &str, place: &str) -> Result<NodeKind, Error> {
    choice(code, NodeKind::parse, place)
}

/// Reads a family.
///
/// # Errors
/// A code that is none of its kind, or a number that is out of range.
pub fn read(row: FamilyRow, place: &str) -> Result<Family, Error> {
    Ok(match row {
        FamilyRow::ShareOfTotal(row) => Family::ShareOfTotal(pack::ShareOfTotal {
            ceiling: row.ceiling,
            measure: measure(row.measure, place)?,
            window: window(row.months, row.cut_off_day, place)?,
            rounding: rounding(&row.rounding, place)?,
            scope: level(&row.scope, place)?,
            exempt_sectors: row.exempt_sectors,
            passes: row.passes,
        }),
        FamilyRow::SubShare(row) => Family::SubShare(pack::SubShare {
            within: row.within,
            share: row.share,
            base: choice(&row.base, Base::parse, place)?,
            pass: row.pass,
            country: row.country,
            rounding: rounding(&row.rounding, place)?,
        }),
        FamilyRow::Levy(row) => Family::Levy(pack::Levy {
            within: row.within,
            tiers: row.tiers,
            daily_rounding: row.daily_rounding,
        }),
        FamilyRow::Multiple(row) => Family::Multiple(pack::Multiple {
            factor: row.factor,
            measure: measure(row.measure, place)?,
            window: window(row.months, row.cut_off_day, place)?,
            rounding: rounding(&row.rounding, place)?,
            scope: level(&row.scope, place)?,
        }),
        FamilyRow::InsuredShare(row) => Family::InsuredShare(pack::InsuredShare {
            base: row.base,
            levels: row.levels,
            add_ons: row.add_ons,
            add_ons_returning: row.add_ons_returning,
            extra: row.extra,
            cap: row.cap,
            locals_min: row.locals_min,
            window: window(row.months, None, place)?,
            rounding: rounding(&row.rounding, place)?,
        }),
        FamilyRow::StepTable(row) => Family::StepTable(pack::StepTable { table: row.table }),
        FamilyRow::Pools(row) => {
            if !(1..=12).contains(&row.year_begins) || (row.halves && row.pools.len() != 2) {
                return Err(wrong(place, "year_begins 1–12; halves are two pools"));
            }
            Family::Pools(pack::Pools {
                cap: row.cap,
                pools: row.pools,
                year_begins: row.year_begins,
                halves: row.halves,
            })
        }
        FamilyRow::DemandRanking(row) => Family::DemandRanking(pack::DemandRanking {
            tie_breaks: choices(&row.tie_breaks, TieBreak::parse, place)?,
        }),
        FamilyRow::Nationalisation(row) => Family::Nationalisation(pack::Nationalisation {
            weeks: row.weeks,
            measure: measure(row.measure, place)?,
            bands: row.bands,
            scope: level(&row.scope, place)?,
        }),
        FamilyRow::MinimumLocals(row) => Family::MinimumLocals(pack::MinimumLocals {
            size_min: row.size_min,
            per: row.per,
            share: row.share,
            share_step: row.share_step,
            share_since: day(&row.share_since, place)?,
            share_rounding: row.share_rounding,
            named_size_min: row.named_size_min,
            named_minimum: row.named_minimum,
        }),
        FamilyRow::InternShare(row) => Family::InternShare(pack::InternShare {
            staff_share: row.staff_share,
            post_share: row.post_share,
            verdict: row.verdict,
        }),
        FamilyRow::ShareOfWorkers(row) => Family::ShareOfWorkers(pack::ShareOfWorkers {
            share: row.share,
            sectors: row.sectors,
            rounding: rounding(&row.rounding, place)?,
        }),
        FamilyRow::LabourMarketTest(row) => Family::LabourMarketTest(pack::LabourMarketTest {
            days_min: row.days_min,
            valid_months: row.valid_months,
        }),
        FamilyRow::Excess(row) => Family::Excess(pack::Excess {
            cure_months: row.cure_months,
            then: choices(&row.then, Consequence::parse, place)?,
            hiring_bar_months: row.hiring_bar_months,
        }),
        FamilyRow::Points => Family::Points,
        FamilyRow::Tree => Family::Tree,
    })
}
