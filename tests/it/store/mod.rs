//! The store, on the database itself.

mod db;
