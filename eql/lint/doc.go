// Package lint finds what a compiler can know and a person overlooks: conditions
// that are never true, patterns where there are none, steps that cannot follow
// each other, rules that look back too short, fields that there are not.
//
// It looks at the syntax trees of queries and at the metadata of their rules.
// Every finding is a source.Error with a stable code, a severity, a place, often a
// hint, and suggested changes. A change is safe if the query finds the same events
// afterwards; Fix makes these. What is known of fields (a mapping, a field
// reference, sample events) goes into Options and lets the checks see more.
// Without it they know the best known fields of the Elastic Common Schema, and
// that others may have several values: "x == 1 and x == 2" is right for these.
//
// # Silencing
//
// A comment silences findings that begin on its line or, if nothing else stands on
// that, on the next line of the query; another one those of the whole query:
//
//	// eql:ignore CODE,CODE reason
//	/* eql:ignore-query CODE reason */
//
// In a rule file a key does so for the rule, its metadata included:
//
//	[metadata.eqlkit]
//	ignore = ["CODE reason"]
//
// A Config silences for many rules. Errors of the compiler and of rule files cannot
// be silenced. Codes that there are not, and silence where nothing was to be heard,
// are findings themselves.
//
// # Codes
//
// These are the codes of queries and their rules; those of rule files alone are
// listed by rule.Checks. "off" means that only a Config makes them heard. Checks
// returns all of them.
//
//	alias                      error    The alias of a step is taken, or refers to a step that is not an earlier one.
//	alias-unused               info     A step has an alias that no other step refers to.
//	always-true                warning  A condition holds for every event, so that it says nothing.
//	argument                   error    An argument of a function is not what it takes, such as an invalid address block.
//	arithmetic                 error    A computation with literals overflows or divides by zero.
//	arity                      error    A function is called with too few or too many arguments.
//	blank-at-edge              off      An exact value begins or ends with a blank.
//	case-sensitive-path        warning  A Windows path is compared with ==, in, like or a function that minds case; Windows does not.
//	category-never             warning  A category that the schema rules out or that no event of the sample has.
//	category-unknown           warning  A category that is one or two letters away from a known one.
//	cidr-as-text               warning  An address block is compared as text; cidrMatch tests addresses.
//	constant                   error    Something that must be a literal is none, or a literal cannot be computed with.
//	constant-comparison        warning  A comparison of literals, whose result does not depend on the event.
//	date                       error    A date is not understood.
//	deprecated                 info     The rule is deprecated.
//	duplicate-condition        warning  The same condition stands twice between "and" or "or".
//	field-comparison           error    A field is compared with another field.
//	field-not-in-reference     warning  The field reference does not list the field, nor does any other schema that was given.
//	field-type                 error    The schema has a type for the field that queries cannot use.
//	field-unseen               warning  No event of the sample has the field.
//	ignore-error               warning  A code to ignore is that of an error, which cannot be ignored.
//	ignore-malformed           warning  A comment that begins with eql: is not understood.
//	ignore-unknown-code        warning  A finding to ignore has a code that there is not.
//	ignore-unused              warning  A finding to ignore was not found.
//	ignore-without-reason      info     Nothing says why a finding is ignored.
//	internal                   error    A mistake of this program; please report it.
//	key                        error    A join key is no field, or the steps have keys that do not fit together.
//	key-conflict               warning  The conditions of two steps on a join key exclude each other, so that the steps never meet.
//	key-is-null                warning  A step demands that a join key is null, but events without the key take no part in the sequence.
//	key-nullable               warning  A condition provides for events without a join key, but these take no part in the sequence.
//	lexical                    error    A character, string, number or comment that is no token.
//	like-without-wildcard      info     No pattern of like or like~ has a wildcard, so that ==, in, : or in~ says the same.
//	limit                      error    The query is longer or nests deeper than is allowed.
//	list-duplicate             info     A list holds a value twice.
//	list-subsumed              info     A pattern or address block of a list covers another entry.
//	lookback-overlap           info     Two runs of the rule overlap by less than maxspan, so that a sequence may fall between them.
//	lookback-short             warning  The rule looks back less than its maxspan, so that it can never see the longest sequences.
//	metadata-missing           warning  The rule lacks metadata that those who handle its alerts rely on.
//	mixed-and-or               info     "and" and "or" are mixed without parentheses; "and" binds tighter.
//	mixed-list                 warning  A list holds strings and numbers.
//	mixed-types                warning  A field is compared with strings here and with numbers there.
//	never-true                 warning  A condition contradicts others that have to hold with it, so that nothing is ever found.
//	no-result                  warning  A pipe that lets nothing through.
//	null-comparison            warning  null stands beside an operator that never holds for it; only == and != test for it.
//	null-in-list               warning  A list holds null, which never matches.
//	pipe                       error    A pipe is unknown or has a wrong argument.
//	port-range                 warning  A port is compared with a number that no port has.
//	raw-backslashes            warning  A """ string holds doubled backslashes, which mean two characters there.
//	redundant-branch           info     A branch of "or" is covered by another one.
//	redundant-condition        info     A condition follows from another one that has to hold with it.
//	redundant-null-check       info     "!= null" stands beside a condition that needs a value anyway.
//	regex                      error    A regular expression is invalid or too large.
//	regex-anchor               warning  ^ or $ in a regular expression, where they are characters like others.
//	regex-plain                warning  A regular expression without any operator, which matches only a value that is equal to it.
//	regex-unanchored           warning  A regular expression on a long text that can only match the whole of it.
//	response-state             error    A response is about an event that a match does not have.
//	runs                       error    The number of runs is out of range.
//	sample                     error    A sample has a wrong number of filters or keys, or something it cannot have.
//	sequence                   error    A sequence has a wrong number of steps, or something it cannot have.
//	sequence-by-host           info     An endpoint sequence without join keys: it joins any events of one host.
//	sequence-without-key       warning  A sequence without join keys that refers to no earlier step: it joins events that have nothing in common.
//	sequence-without-maxspan   warning  A sequence without maxspan or until: its state never expires.
//	syntax                     error    The query does not follow the grammar.
//	tilde                      error    A function has no form that ignores case.
//	type                       error    An operand or argument has the wrong type.
//	type-mismatch              warning  A number is compared with a field of text, or text with a field of numbers.
//	type-unseen                warning  A field is compared with values of a type that it never has in the sample.
//	unguarded-negation         info     A negated condition also holds for events without the field, of which the sample, or experience, says that it may be missing.
//	unguarded-negation-strict  off      The same for any field of which no other condition demands a value.
//	unknown-field              error    The mapping has no such field.
//	unknown-function           error    There is no such function.
//	unknown-variable           error    A $ variable is used outside of the function that declares it.
//	unreachable-branch         warning  A branch of "or" contradicts the conditions around it.
//	unsupported                error    A construct that the dialect does not have.
//	until-cancels              warning  Every event of a step also ends the sequence, so that it never completes.
//	value-never                warning  A value that the field can never have, according to the schema.
//	wildcard-as-text           warning  "*" or "?" stands in a value of ==, !=, in or in~, where it is no wildcard.
//	wildcard-in-function       warning  A literal of endsWith or stringContains holds "*" or "?", which Elasticsearch may take for wildcards and other engines do not.
package lint
