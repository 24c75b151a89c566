//! Organisations with their places, and the regions below them.

use std::collections::BTreeSet;

use super::country::{NewCountry, list_countries, load_countries};
use super::organisation::{NewOrganisation, get_organisation, list_organisations, register_organisations};
use super::port::{NewPort, list_ports, register_ports};
use super::region::{NewRegion, list_regions, load_regions};
use super::site::{NewSite, list_sites, register_sites};
use crate::service::Error;
use crate::service::batch::Mode;
use crate::service::page::PageRequest;
use crate::service::tests::{Town, organisation, problems, region};
use crate::store::organisation::organisation as store;
use ballast_domain::base::id::OrganisationId;
use ballast_domain::organisation::organisation::OrganisationKind;

const CREDIT_CODE: &str = "91350100M000100Y43";

#[tokio::test]
async fn only_an_administrator_registers_and_everyone_reads() {
    let town = Town::build().await;
    let administrator = town.user("administrator", None).await;
    let factory = town.user("factory_hr", Some(town.factory)).await;
    let new = || {
        let code = Some(CREDIT_CODE.to_lowercase());
        vec![NewOrganisation { credit_code: code, ..organisation("agency", "2106") }]
    };
    let denied = register_organisations(&factory, new(), Mode::Commit).await;
    assert!(matches!(denied, Err(Error::Denied)));
    let id = register_organisations(&administrator, new(), Mode::Commit).await.unwrap()[0];
    let view = get_organisation(&factory, id).await.unwrap();
    assert_eq!(view.credit_code.as_deref(), Some(CREDIT_CODE));
    assert_eq!((view.kind, view.region.as_str()), (OrganisationKind::Agency, "2106"));
    let bureaus = list_organisations(&factory, Some(OrganisationKind::Bureau), PageRequest::default()).await;
    assert_eq!(bureaus.unwrap().items.len(), 2);
    let again = problems(register_organisations(&administrator, new(), Mode::Commit).await);
    assert_eq!(again, ["/0/credit_code registered_before"]);
}

#[tokio::test]
async fn every_wrong_field_of_every_organisation_is_named() {
    let town = Town::build().await;
    let coded = |code: &str| NewOrganisation {
        credit_code: Some(code.to_owned()),
        ..organisation("factory", "2106")
    };
    let new = vec![
        NewOrganisation { name_zh: String::new(), ..organisation("palace", "2199") },
        coded("91350100M000100Y44"),
        coded("91350100O000100Y43"),
        coded(CREDIT_CODE),
        coded(CREDIT_CODE),
    ];
    let found = problems(register_organisations(&town.operator(), new, Mode::Commit).await);
    assert_eq!(
        found,
        [
            "/0/kind unknown_choice",
            "/0/name_zh required",
            "/0/region unknown_region",
            "/1/credit_code credit_code_check",
            "/2/credit_code credit_code_form",
            "/4/credit_code doubled",
        ]
    );
}

#[tokio::test]
async fn every_organisation_gets_a_pseudonym_key_of_its_own() {
    let town = Town::build().await;
    let ids = [town.bureau, town.school, town.factory];
    let keys = store::pseudonym_keys(town.app.db.reader(), &ids).await.unwrap();
    assert_eq!(keys.keys().copied().collect::<BTreeSet<_>>(), BTreeSet::from(ids));
    let different: BTreeSet<[u8; 32]> = keys.values().copied().collect();
    assert_eq!(different.len(), 3);
    assert!(different.iter().all(|key| key != &[0; 32]));
}

#[tokio::test]
async fn sites_and_ports_hang_on_organisations_of_the_right_kind() {
    let town = Town::build().await;
    let operator = town.operator();
    let site = |organisation, kind: &str| NewSite {
        organisation,
        kind: kind.to_owned(),
        name_zh: "一厂".to_owned(),
        name_en: "Plant one".to_owned(),
        region: "210604".to_owned(),
    };
    let nobody = OrganisationId(uuid::Uuid::nil());
    let wrong = vec![site(nobody, "plant"), site(town.factory, "castle")];
    assert_eq!(
        problems(register_sites(&operator, wrong, Mode::Commit).await),
        ["/0/organisation_id unknown_organisation", "/1/kind unknown_choice"]
    );
    let new = vec![site(town.factory, "plant"), site(town.school, "campus")];
    register_sites(&operator, new, Mode::Commit).await.unwrap();
    let found = list_sites(&operator, Some(town.school), PageRequest::default()).await.unwrap().items;
    assert_eq!(found.iter().map(|site| site.kind.as_str()).collect::<Vec<_>>(), ["campus"]);

    let port = |bureau| NewPort {
        name_zh: "口岸".to_owned(),
        name_en: "Port".to_owned(),
        region: "210604".to_owned(),
        bureau,
    };
    let wrong = register_ports(&operator, vec![port(town.factory), port(nobody)], Mode::Commit).await;
    assert_eq!(problems(wrong), ["/0/bureau_id not_a_bureau", "/1/bureau_id unknown_organisation"]);
    register_ports(&operator, vec![port(town.bureau)], Mode::Commit).await.unwrap();
    let found = list_ports(&operator, PageRequest::default()).await.unwrap().items;
    assert_eq!(found.iter().map(|port| port.bureau).collect::<Vec<_>>(), [town.bureau]);
}

#[tokio::test]
async fn regions_come_in_any_order_and_loading_again_only_renames() {
    let town = Town::build().await;
    let operator = town.operator();
    let codes = async |parent| -> Vec<String> {
        list_regions(&operator, parent).await.unwrap().into_iter().map(|region| region.code).collect()
    };
    assert_eq!(codes(None).await, ["21"]);
    assert_eq!(codes(Some("21")).await, ["2102", "2106"]);
    let renamed = NewRegion { name_en: "Dandong".to_owned(), ..region("2106") };
    load_regions(&operator, vec![renamed, region("2107")], Mode::Commit).await.unwrap();
    let found = list_regions(&operator, Some("21")).await.unwrap();
    let names: Vec<&str> = found.iter().map(|region| region.name_en.as_str()).collect();
    assert_eq!(names, ["Region 2102", "Dandong", "Region 2107"]);
    let wrong = vec![region("2"), region("330101"), region("2108"), region("2108")];
    assert_eq!(
        problems(load_regions(&operator, wrong, Mode::Commit).await),
        ["/0/code region_code_form", "/1/code unknown_parent", "/3/code doubled"]
    );
    let official = town.user("labour_official", Some(town.bureau)).await;
    let denied = load_regions(&official, vec![region("2109")], Mode::Commit).await;
    assert!(matches!(denied, Err(Error::Denied)));
}

#[tokio::test]
async fn countries_have_two_capitals() {
    let town = Town::build().await;
    let operator = town.operator();
    let country = |code: &str| NewCountry {
        code: code.to_owned(),
        name_zh: "国".to_owned(),
        name_en: format!("Country {code}"),
    };
    let wrong = vec![country("cn"), country("CHN"), country("VN"), country("VN")];
    assert_eq!(
        problems(load_countries(&operator, wrong, Mode::Commit).await),
        ["/0/code country_code_form", "/1/code country_code_form", "/3/code doubled"]
    );
    load_countries(&operator, vec![country("VN"), country("CN")], Mode::Commit).await.unwrap();
    load_countries(&operator, vec![country("CN")], Mode::Commit).await.unwrap();
    let codes: Vec<String> =
        list_countries(&operator).await.unwrap().into_iter().map(|country| country.code).collect();
    assert_eq!(codes, ["CN", "VN"]);
}
