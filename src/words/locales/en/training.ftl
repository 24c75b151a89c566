# What is wrong with an agreement, a joint class or an enrolment, and what a rule refuses.

field-already_enrolled = The person is or was in this class.
field-before_first_day = The first possible day is { $first_day }.
field-class_full = All { $seats } seats of the class are taken.
field-class_over = The class ended on { $ends_on }.
field-count_out_of_range = The number is from { $min } to { $max }.
field-enrolment_ended = The enrolment is finished or withdrawn already.
field-outside_agreement = The class has days outside its agreement, which runs from { $from } to { $until }.
field-reference_taken = The reference is in use already.
field-unknown_agreement = The school has no such agreement.
field-unknown_enrolment = There is no such enrolment in your reach.
field-unknown_factory = There is no such factory, or it is closed.

refusal-class_full = All { $seats } seats of the class are taken. Nobody was enrolled.
refusal-class_over = The class ended on { $ends_on }. Nobody was enrolled.
refusal-enrolment_ended = The enrolment is finished or withdrawn already. Nothing was changed.
refusal-not_a_school = Only a school that is active can do this.
