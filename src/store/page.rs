//! Keyset pages: a limit, an order, and the last row seen.

use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query};
use sea_orm::{
    ConnectionTrait, DbBackend, Order as Direction, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::error::Error;

/// The most rows of one page.
pub const LIMIT_MAX: u64 = 200;
/// Rows of a page when nobody says.
pub const LIMIT_DEFAULT: u64 = 50;

/// How a list is ordered: by a column that is never null and has an index with the id behind it, then by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The table.
    pub table: &'static str,
    /// The column; none for the id alone.
    pub column: Option<&'static str>,
    text: bool,
    descending: bool,
}

/// Every order that a list can have besides its id's. A new one needs its index; a test asks both databases
/// whether they use it.
pub const ORDERS: [Order; 8] = [
    PEOPLE_BY_NAME,
    VACANCIES_BY_START,
    ORGANISATIONS_BY_NAME_ZH,
    ORGANISATIONS_BY_NAME_EN,
    JOINT_CLASSES_BY_START,
    PERMITS_BY_START,
    HOUSEHOLDS_BY_REGISTRATION,
    USERS_BY_LOGIN,
];
/// People by name, Chinese ones by pinyin.
pub const PEOPLE_BY_NAME: Order = Order::text("person", "name_key");
/// Vacancies by their first day of work.
pub const VACANCIES_BY_START: Order = Order::by("vacancy", "starts_on");
/// Organisations by the pinyin of their Chinese name.
pub const ORGANISATIONS_BY_NAME_ZH: Order = Order::text("organisation", "name_zh_key");
/// Organisations by their English name.
pub const ORGANISATIONS_BY_NAME_EN: Order = Order::text("organisation", "name_en");
/// Joint classes by their first day.
pub const JOINT_CLASSES_BY_START: Order = Order::by("joint_class", "starts_on");
/// Permits by their first day.
pub const PERMITS_BY_START: Order = Order::by("permit", "starts_on");
/// Households by the day of their registration.
pub const HOUSEHOLDS_BY_REGISTRATION: Order = Order::by("household", "registered_on");
/// Users by login.
pub const USERS_BY_LOGIN: Order = Order::text("user", "login");

impl Order {
    /// By id alone, which for rows with timed ids is by time.
    #[must_use]
    pub const fn id(table: &'static str) -> Self {
        Self { table, column: None, text: false, descending: false }
    }

    const fn by(table: &'static str, column: &'static str) -> Self {
        Self { table, column: Some(column), text: false, descending: false }
    }

    const fn text(table: &'static str, column: &'static str) -> Self {
        Self { table, column: Some(column), text: true, descending: false }
    }

    /// The other way round.
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self { descending: !self.descending, ..self }
    }

    /// The column as it is compared. Text is compared by its bytes on both databases.
    fn key(self, backend: DbBackend) -> Option<Expr> {
        let column = self.column?;
        Some(if self.text && backend == DbBackend::Postgres {
            Expr::cust(format!("\"{}\".\"{column}\" COLLATE \"C\"", self.table))
        } else {
            Expr::col((Alias::new(self.table), Alias::new(column)))
        })
    }

    fn id_column(self) -> Expr {
        Expr::col((Alias::new(self.table), Alias::new("id")))
    }

    /// The rows behind a row of this table. What it is ordered by is read where it stands: a cursor that had a
    /// name in it would be a name in an address.
    fn behind(self, row: Uuid, backend: DbBackend) -> Expr {
        let (left, right) = match (self.key(backend), self.column) {
            (Some(key), Some(column)) => {
                let seen = Query::select()
                    .column(Alias::new(column))
                    .from(Alias::new(self.table))
                    .and_where(Expr::col(Alias::new("id")).eq(row))
                    .to_owned();
                let left = Expr::tuple([key, self.id_column()]);
                (left, Expr::tuple([Expr::SubQuery(None, Box::new(seen.into())), Expr::val(row)]))
            }
            _ => (self.id_column(), Expr::val(row)),
        };
        if self.descending { left.lt(right) } else { left.gt(right) }
    }
}

/// Which page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// Rows at most.
    pub limit: u64,
    /// The id after which it begins.
    pub after: Option<Uuid>,
    /// The order; the list's own when nobody says.
    pub order: Option<Order>,
    /// Whether all rows are to be counted.
    pub total: bool,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { limit: LIMIT_DEFAULT, after: None, order: None, total: false }
    }
}

impl PageRequest {
    /// The same page in another order, if one was asked for.
    #[must_use]
    pub fn by(self, order: Option<impl Into<Order>>) -> Self {
        Self { order: order.map(Into::into).or(self.order), ..self }
    }

    /// A query cut to this page, and one row more, which tells whether there is another page. `own` is the order
    /// of the list when nobody asks for another.
    pub fn turn<Q: QueryFilter + QueryOrder + QuerySelect>(
        self,
        query: Q,
        own: Order,
        backend: DbBackend,
    ) -> Q {
        let order = self.order.unwrap_or(own);
        let direction = || if order.descending { Direction::Desc } else { Direction::Asc };
        let query = match self.after {
            None => query,
            Some(row) => query.filter(order.behind(row, backend)),
        };
        let query = match order.key(backend) {
            None => query,
            Some(key) => query.order_by(key, direction()),
        };
        query.order_by(order.id_column(), direction()).limit(self.limit + 1)
    }

    /// How many rows a list has over all its pages, if that was asked for.
    ///
    /// # Errors
    /// What the database says.
    pub async fn count<'db, C: ConnectionTrait, Q: PaginatorTrait<'db, C> + Clone + Send>(
        self,
        db: &'db C,
        query: &Q,
    ) -> Result<Option<u64>, Error> {
        if self.total { Ok(Some(query.clone().count(db).await?)) } else { Ok(None) }
    }
}

/// One page, and where the next one begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The id to ask for next; none at the end.
    pub next: Option<Uuid>,
    /// The rows of all pages, if they were to be counted.
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// Makes a page of rows that were asked for with one more than the limit.
    pub fn cut(mut rows: Vec<T>, request: PageRequest, id: impl Fn(&T) -> Uuid) -> Self {
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(id) } else { None };
        Self { items: rows, next, total: None }
    }

    /// The same page with the rows of all pages counted.
    #[must_use]
    pub fn of(self, total: Option<u64>) -> Self {
        Self { total, ..self }
    }

    /// The same page of other values.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next, total: self.total }
    }
}
