# The frame of every page, and the parts that many pages use.

brand-name = Ballast
language-own-name = English

layout-skip = Skip to content
layout-navigation = Main
layout-crumbs = You are here
layout-version = Ballast { $version }
layout-demonstration = Demonstration
layout-demonstration-as-of = clock fixed at { $date }; all people, firms and figures are fictional
layout-as-of = Data as of { $moment }

sign-out = Sign out

pager-previous = Previous page
pager-next = Next page
filters-submit = Filter
errors-title = { $count ->
    [one] One thing has to be put right
   *[other] { $count } things have to be put right
  }
field-optional = optional
table-export = Export
chart-twin = Show as a table
