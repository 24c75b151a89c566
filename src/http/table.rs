//! Which addresses there are, and which methods each of them answers: from the API's document, and from the table
//! of contents of the pages.

use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem::{Endpoint, EndpointExt as _, IntoEndpoint, Response, Route, RouteMethod};

/// The addresses of a server, and what is known of each.
#[derive(Clone, Debug, Default)]
pub struct RouteTable {
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
struct Row {
    template: String,
    methods: Vec<Method>,
}

impl RouteTable {
    /// Adds a method of an address; its parameters are in braces.
    pub fn add(&mut self, template: &str, method: Method) {
        match self.rows.iter_mut().find(|row| row.template == template) {
            Some(row) => row.methods.push(method),
            None => self.rows.push(Row { template: template.to_owned(), methods: vec![method] }),
        }
    }

    /// This table with another behind it.
    #[must_use]
    pub fn joined(&self, other: Self) -> Self {
        Self { rows: self.rows.iter().cloned().chain(other.rows).collect() }
    }

    /// The template of a path: `/api/v1/people/{id}`. Of several that fit, the one with the fewest parameters.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&str> {
        self.row(path).map(|row| row.template.as_str())
    }

    /// The value of `Allow` for a path that is there.
    #[must_use]
    pub fn allow(&self, path: &str) -> Option<String> {
        let row = self.row(path)?;
        let mut names: Vec<&str> = row.methods.iter().map(Method::as_str).collect();
        if row.methods.contains(&Method::GET) {
            names.push("HEAD");
        }
        names.push("OPTIONS");
        Some(names.join(", "))
    }

    fn row(&self, path: &str) -> Option<&Row> {
        let fitting = self.rows.iter().filter(|row| fits(&row.template, path));
        fitting.min_by_key(|row| row.template.matches('{').count())
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given))
                if wanted == given || (wanted.starts_with('{') && !given.is_empty()) => {}
            _ => return false,
        }
    }
}

/// Routes that remember what was added to them.
#[derive(Default)]
pub struct Routes {
    route: Route,
    table: RouteTable,
}

/// The methods of one address.
#[derive(Default)]
pub struct Methods {
    route: RouteMethod,
    names: Vec<Method>,
}

/// An address that answers GET (and so HEAD).
pub fn get<E: IntoEndpoint<Endpoint: 'static>>(endpoint: E) -> Methods {
    Methods::default().get(endpoint)
}

/// An address that answers POST.
pub fn post<E: IntoEndpoint<Endpoint: 'static>>(endpoint: E) -> Methods {
    Methods::default().post(endpoint)
}

impl Methods {
    /// Answers GET too.
    #[must_use]
    pub fn get<E: IntoEndpoint<Endpoint: 'static>>(self, endpoint: E) -> Self {
        self.method(Method::GET, endpoint)
    }

    /// Answers POST too.
    #[must_use]
    pub fn post<E: IntoEndpoint<Endpoint: 'static>>(self, endpoint: E) -> Self {
        self.method(Method::POST, endpoint)
    }

    fn method<E: IntoEndpoint<Endpoint: 'static>>(mut self, method: Method, endpoint: E) -> Self {
        self.names.push(method.clone());
        Self { route: self.route.method(method, endpoint), names: self.names }
    }
}

impl Routes {
    /// Adds an address; its parameters begin with a colon.
    #[must_use]
    pub fn at(mut self, path: &str, methods: Methods) -> Self {
        let part = |part: &str| part.strip_prefix(':').map_or(part.to_owned(), |name| format!("{{{name}}}"));
        let template = path.split('/').map(part).collect::<Vec<_>>().join("/");
        methods.names.into_iter().for_each(|method| self.table.add(&template, method));
        Self { route: self.route.at(path, methods.route), table: self.table }
    }

    /// Adds everything below an address. What is below is told to the table apart.
    #[must_use]
    pub fn nest<E: IntoEndpoint<Endpoint: Endpoint<Output = Response> + 'static>>(
        self,
        path: &str,
        endpoint: E,
    ) -> Self {
        Self { route: self.route.nest(path, endpoint), table: self.table }
    }

    /// The routes as one endpoint, and the table.
    #[must_use]
    pub fn split(self) -> (BoxEndpoint<'static>, RouteTable) {
        (self.route.boxed(), self.table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_its_template_and_its_methods() {
        let mut table = RouteTable::default();
        for (template, method) in [
            ("/tokens/{id}", Method::GET),
            ("/tokens/current", Method::DELETE),
            ("/people", Method::GET),
            ("/people", Method::POST),
        ] {
            table.add(template, method);
        }
        assert_eq!(table.find("/tokens/current"), Some("/tokens/current"));
        assert_eq!(table.find("/tokens/7"), Some("/tokens/{id}"));
        assert_eq!(table.allow("/people").as_deref(), Some("GET, POST, HEAD, OPTIONS"));
        assert_eq!(table.allow("/tokens/current").as_deref(), Some("DELETE, OPTIONS"));
        for nowhere in ["/people/", "/people/1", "/tokens", "/tokens/", "/", ""] {
            assert_eq!(table.find(nowhere), None, "{nowhere}");
        }
    }
}
