//! A node that dies in the middle of a request. Two real processes serve one database; the first is killed again
//! and again, at every moment between the request and its answer, and the second is asked the same once more.

use ballast::entity::organisation::port;
use ballast::store::Db;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::json;

use crate::harness::{Node, Template, TestDatabase, Town, admit, heard, post};

const PORTS: &str = "/api/v1/ports";

async fn ports(db: &Db, name: &str) -> u64 {
    port::Entity::find().filter(port::Column::NameEn.eq(name)).count(db.reader()).await.unwrap()
}

/// When the first node dies: after so many looks into the database, or when a look shows the port.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Death {
    AfterLooks(u32),
    AtCommit,
}

#[tokio::test]
async fn a_request_that_is_cut_off_by_a_crash_is_carried_out_once_by_the_node_that_is_asked_again() {
    let database = TestDatabase::create(Template::Town).await;
    let token = admit(&database, "home.administrator").await;
    let db = database.open(None).await;
    let bureau = Town::find(db.reader()).await.home.bureau;
    let folder = tempfile::tempdir().unwrap();
    let (url, mortal) = (database.url(), folder.path().join("mortal"));
    let survivor = Node::start(&url, &folder.path().join("survivor"));
    let deaths = (0..14).map(|n| Death::AfterLooks(n * n)).chain([Death::AtCommit; 10]);
    let (mut died, mut unheard) = (0, 0);
    for (n, death) in deaths.enumerate() {
        let (name, key) = (format!("Port {n}"), format!("key-{n:08}"));
        let body = json!({ "name_zh": name, "name_en": name, "region": "219001", "bureau_id": bureau.0 });
        let node = Node::start(&url, &mortal);
        let stream = post(node.address(), PORTS, &token, &key, &body).unwrap();
        match death {
            Death::AfterLooks(looks) => {
                for _ in 0..looks {
                    ports(&db, &name).await;
                }
            }
            Death::AtCommit => while ports(&db, &name).await == 0 {},
        }
        node.kill();
        died += 1;
        let (committed, first) = (ports(&db, &name).await, heard(stream));
        if death == Death::AtCommit {
            assert_eq!(committed, 1, "it was there before the node died");
        }

        let again = heard(post(survivor.address(), PORTS, &token, &key, &body).unwrap());
        assert!(again.starts_with("HTTP/1.1 201"), "{again}");
        assert_eq!(ports(&db, &name).await, 1, "round {n}: {first:?}");
        let replayed = again.to_ascii_lowercase().contains("idempotency-replayed: true");
        // A server of its own may still carry out a COMMIT that the dead node sent: then too it is a replay.
        assert!(replayed || committed == 0, "round {n}: {again}");
        let bytes = |answer: &str| answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
        if first.is_empty() && committed == 1 {
            unheard += 1;
        } else if !first.is_empty() {
            assert_eq!(bytes(&first), bytes(&again), "round {n}");
        }
    }
    assert!(died >= 20, "{died} deaths");
    assert!(unheard > 0, "in no round was the effect there and its answer lost");
}
