# Classifications of occupations and skills.

taxonomy-credit-house = The house taxonomy of this product; its links to ESCO use the ESCO classification of the European Commission.
taxonomy-credit-esco = This service uses the ESCO classification of the European Commission.
taxonomy-credit-csco = Occupations by the Occupational Classification of the People's Republic of China (2022), Ministry of Human Resources and Social Security.

refusal-empty_release = The file has no occupation, so it is not a whole release. Nothing was changed.
