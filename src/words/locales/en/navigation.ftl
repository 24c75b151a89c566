# Where one can go, and who one is.

nav-home = Tasks
nav-vacancies = Vacancies
nav-shortlist = Shortlist
nav-trainees = Trainees
nav-classes = Joint classes
nav-households = Households
nav-permits = Permits
nav-foreign-workers = Foreign workers
nav-organisations = Organisations
nav-users = Users
nav-import = Import
nav-my-record = My record
nav-jobs = Posts for me
nav-work = Background work

role-administrator = Administrator
role-school_registrar = School registrar
role-factory_hr = Factory HR
role-labour_official = Labour official
role-trainee = Trainee
