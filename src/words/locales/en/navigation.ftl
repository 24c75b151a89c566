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
role-organisation_administrator = Organisation administrator
role-school_registrar = School registrar
role-teacher = Teacher
role-factory_hr = Factory HR
role-mentor = Mentor
role-agent = Agency
role-labour_official = Labour official
role-targeting_officer = Targeting officer
role-permit_checker = Permit checker
role-permit_approver = Permit approver
role-quota_officer = Quota officer
role-auditor = Auditor
role-village_cadre = Village cadre
role-port_desk = Port desk
role-outside_auditor = Outside auditor
role-trainee = Trainee
role-foreign_worker = Foreign worker
role-guardian = Guardian
nav-guardians = Guardians
