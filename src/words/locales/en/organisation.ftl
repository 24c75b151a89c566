# Organisations, their places, regions and countries, and who signs in for them.

field-credit_code_form = A unified social credit code has 18 digits and capital letters (without I, O, S, V, Z), with the region's six digits from the third on.
field-credit_code_check = The last character does not fit the others: look for a mistyped one.
field-not_a_bureau = This organisation is not a bureau.
field-region_code_form = A region's code has 2, 4, 6, 9 or 12 digits and begins with 1 to 8.
field-unknown_parent = The region that this one lies in is not there. Load it before or with it.
field-country_code_form = A country's code has two capital letters.
field-other_kind_for_role = This role is not held in an organisation of this kind.
field-unknown_user = There is no such user.
