package lint

import (
	"cmp"
	"slices"
	"sync"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/rule"
)

// A Check describes one kind of finding.
type Check struct {
	Code     string // stable
	Severity source.Severity
	Doc      string // one sentence for the author of a query
	Off      bool   // not reported unless a Config enables it
}

// A family is a function that looks at a query, and what it can find.
type family struct {
	run    func(*pass)
	checks []Check
}

// families returns all the checks of queries. The codes of a file stand beside
// its first function.
func families() []family {
	return []family{
		{wildcardsAsText, textCodes},
		{wildcardsInFunctions, nil},
		{likeWithoutWildcard, nil},
		{blanksAtEdges, nil},
		{rawBackslashes, nil},
		{regexes, nil},
		{caseTraps, caseCodes},
		{listEntries, listCodes},
		{logic, logicCodes},
		{mixedLogic, styleCodes},
		{unguardedNegations, negationCodes},
		{typeMismatches, typeCodes},
		{ports, nil},
		{nullComparisons, nil},
		{blocksAsText, nil},
		{constantComparisons, nil},
		{sequences, sequenceCodes},
		{keys, nil},
		{untilCancels, nil},
		{pipes, nil},
		{schedules, ruleCodes},
		{metadata, nil},
		{knownFields, schemaCodes},
		{sampleTypes, nil},
		{categories, nil},
		{values, nil},
		{nil, ignoreCodes},
	}
}

// compileChecks are the errors of the parser and the compiler.
var compileChecks = []Check{
	{Code: "syntax", Severity: source.Err, Doc: "The query does not follow the grammar."},
	{Code: "lexical", Severity: source.Err, Doc: "A character, string, number or comment that is no token."},
	{Code: "limit", Severity: source.Err, Doc: "The query is longer or nests deeper than is allowed."},
	{Code: "unsupported", Severity: source.Err, Doc: "A construct that the dialect does not have."},
	{Code: "internal", Severity: source.Err, Doc: "A mistake of this program; please report it."},
	{Code: "alias", Severity: source.Err, Doc: "The alias of a step is taken, or refers to a step that is not an earlier one."},
	{Code: "argument", Severity: source.Err, Doc: "An argument of a function is not what it takes, such as an invalid address block."},
	{Code: "arithmetic", Severity: source.Err, Doc: "A computation with literals overflows or divides by zero."},
	{Code: "arity", Severity: source.Err, Doc: "A function is called with too few or too many arguments."},
	{Code: "constant", Severity: source.Err, Doc: "Something that must be a literal is none, or a literal cannot be computed with."},
	{Code: "date", Severity: source.Err, Doc: "A date is not understood."},
	{Code: "field-comparison", Severity: source.Err, Doc: "A field is compared with another field."},
	{Code: "field-type", Severity: source.Err, Doc: "The schema has a type for the field that queries cannot use."},
	{Code: "key", Severity: source.Err, Doc: "A join key is no field, or the steps have keys that do not fit together."},
	{Code: "pipe", Severity: source.Err, Doc: "A pipe is unknown or has a wrong argument."},
	{Code: "regex", Severity: source.Err, Doc: "A regular expression is invalid or too large."},
	{Code: "response-state", Severity: source.Err, Doc: "A response is about an event that a match does not have."},
	{Code: "runs", Severity: source.Err, Doc: "The number of runs is out of range."},
	{Code: "sample", Severity: source.Err, Doc: "A sample has a wrong number of filters or keys, or something it cannot have."},
	{Code: "sequence", Severity: source.Err, Doc: "A sequence has a wrong number of steps, or something it cannot have."},
	{Code: "tilde", Severity: source.Err, Doc: "A function has no form that ignores case."},
	{Code: "type", Severity: source.Err, Doc: "An operand or argument has the wrong type."},
	{Code: "unknown-field", Severity: source.Err, Doc: "The mapping has no such field."},
	{Code: "unknown-variable", Severity: source.Err, Doc: "A $ variable is used outside of the function that declares it."},
	{Code: "unknown-function", Severity: source.Err, Doc: "There is no such function."},
}

// Checks returns every kind of finding, those of the compiler and of rule files
// included, in order of code. The slice is the caller's.
func Checks() []Check { return slices.Clone(allChecks()) }

var table struct {
	once sync.Once
	list []Check // in order of code
}

func allChecks() []Check {
	table.once.Do(func() {
		list := slices.Clone(compileChecks)
		for _, f := range families() {
			list = append(list, f.checks...)
		}
		for _, c := range rule.Checks() {
			list = append(list, Check{Code: c.Code, Severity: c.Severity, Doc: c.Doc})
		}
		slices.SortFunc(list, func(a, b Check) int { return cmp.Compare(a.Code, b.Code) })
		table.list = list
	})
	return table.list
}

// lookup returns the check with a code, or nil.
func lookup(code string) *Check {
	all := allChecks()
	i, ok := slices.BinarySearchFunc(all, code, func(c Check, code string) int { return cmp.Compare(c.Code, code) })
	if !ok {
		return nil
	}
	return &all[i]
}

// severityOf returns the usual severity of a code.
func severityOf(code string) source.Severity {
	if c := lookup(code); c != nil {
		return c.Severity
	}
	return source.Warning
}
