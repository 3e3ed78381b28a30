package lint

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/schema"
	"github.com/eqlkit/eqlkit/rule"
)

// Options say what queries are checked against. The zero Options are ready to
// use. They are not changed, and safe for concurrent use.
type Options struct {
	// Mapping has all fields that there are: others are errors, unless they
	// are marked by "?". Nil if that is not known.
	Mapping schema.Schema
	// Reference has fields that there may be, such as those of the Elastic
	// Common Schema; a field that no schema has is a warning. Nil for none.
	Reference schema.Schema
	// Sample has the fields of some events. Nil for none.
	Sample *schema.Sample
	// CategoryField is the field with the category of an event, where a rule
	// does not name it; "" for event.category.
	CategoryField string
	// Compile are further options of the compiler.
	Compile []eql.Option
	// Config returns what holds for the rule file at a path, or nil for the
	// defaults. Nil for the defaults everywhere.
	Config func(path string) *Config
}

// types is what is known of fields.
func (o *Options) types() schema.Schema { return schema.Join(o.Mapping, o.Reference) }

func (o *Options) compileOptions() []eql.Option {
	opts := slices.Clone(o.Compile)
	if o.CategoryField != "" {
		opts = append(opts, eql.WithCategoryField(o.CategoryField))
	}
	if types := o.types(); types != nil {
		opts = append(opts, eql.WithSchema(types))
	}
	if o.Mapping != nil {
		opts = append(opts, eql.WithStrictSchema())
	}
	return opts
}

func (o *Options) config(path string) *Config {
	if o.Config == nil {
		return nil
	}
	return o.Config(path)
}

// A Report is what was found about one rule, or about a file without one. It is
// the receiver's to keep.
type Report struct {
	Path    string
	Rule    *rule.Rule    // nil if the file has none
	Skipped *rule.Skipped // nil unless the file holds a rule of another language
	Query   *ast.Query    // nil if there is none or it cannot be parsed
	// Compiles says that the compiler takes the query.
	Compiles bool
	// Problems are all findings, in order of place.
	Problems source.List
}

// Rule checks one rule. It does not change r.
func Rule(r *rule.Rule, o Options) *Report { return check(r, nil, &o) }

// Set checks the rules of a set. There is a Report for every rule, usable or
// not, for every rule that was skipped, and for every other file with a problem,
// in this order, each by path. What the set itself has found about a file stands
// in the file's first Report.
func Set(set *rule.Set, o Options) []*Report {
	rest := map[string]source.List{}
	for _, e := range set.Problems {
		name := ""
		if e.File != nil {
			name = e.File.Name
		}
		rest[name] = append(rest[name], e)
	}
	take := func(path string) source.List {
		list := rest[path]
		delete(rest, path)
		return list
	}
	var out []*Report
	for _, r := range slices.Concat(set.Rules, set.Unusable) {
		out = append(out, check(r, take(r.Path), &o))
	}
	for i := range set.Skipped {
		s := &set.Skipped[i]
		out = append(out, &Report{Path: s.Path, Skipped: s, Problems: o.config(s.Path).apply(s.Path, take(s.Path))})
	}
	var paths []string
	for path := range rest {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		out = append(out, &Report{Path: path, Problems: o.config(path).apply(path, rest[path])})
	}
	return out
}

// check looks at one rule, about whose file some problems are known.
func check(r *rule.Rule, known source.List, o *Options) *Report {
	out := &Report{Path: r.Path, Rule: r}
	tree, _, err := eql.AnalyseRule(r, o.compileOptions()...)
	out.Query, out.Compiles = tree, err == nil
	errs := problemsOf(err, r)
	explainEscapes(r, errs)
	config := o.config(r.Path)
	var found source.List
	if tree != nil {
		p := newPass(o, r, tree)
		p.config = config
		for _, f := range families() {
			if f.run != nil {
				f.run(p)
			}
		}
		found = withoutOverlap(p.problems, errs)
	}
	all := slices.Concat(known, errs, found)
	all = ignore(r, tree, all, out.Compiles, config)
	out.Problems = arrange(config.apply(r.Path, all), r)
	return out
}

// problemsOf returns the problems that err carries.
func problemsOf(err error, r *rule.Rule) source.List {
	if err == nil {
		return nil
	}
	var list source.List
	if errors.As(err, &list) {
		return slices.Clone(list)
	}
	return source.List{{File: r.Query, Code: "internal", Msg: err.Error()}}
}

// withoutOverlap returns the findings that are not about a place that an error
// is about, since that may be gone once the error is.
func withoutOverlap(found, errs source.List) source.List {
	return slices.DeleteFunc(found, func(e *source.Error) bool {
		return slices.ContainsFunc(errs, func(o *source.Error) bool {
			return o.File == e.File && o.Span.Start < e.Span.End && e.Span.Start < o.Span.End
		})
	})
}

// arrange orders problems by line and column and leaves the last ones of the
// query out if there are too many. Errors of the compiler stay in their order,
// before whatever else is found: the first one is the one to look at.
func arrange(list source.List, r *rule.Rule) source.List {
	var errs, ofQuery, rest source.List
	for _, e := range list {
		switch {
		case e.File == r.Query && e.Severity == source.Err && isCompileCode(e.Code):
			errs.Add(e)
		case e.File == r.Query:
			ofQuery.Add(e)
		default:
			rest.Add(e)
		}
	}
	ofQuery.Sort()
	rest = append(rest, atMost(maxFindings, ofQuery)...)
	at := make(map[*source.Error]source.Position, len(rest)) // finding a place takes time
	for _, e := range rest {
		at[e] = e.Position()
	}
	slices.SortStableFunc(rest, func(a, b *source.Error) int {
		return cmp.Or(cmp.Compare(at[a].Line, at[b].Line), cmp.Compare(at[a].Column, at[b].Column))
	})
	return append(errs, rest...)
}

// maxFindings bounds the findings about one query.
const maxFindings = 1000

// atMost leaves out the last problems of a list that is too long.
func atMost(n int, list source.List) source.List {
	if len(list) <= n {
		return list
	}
	left, last := len(list)-n, list[n-1]
	return append(list[:n:n], &source.Error{
		File: last.File, Span: last.Span, Severity: severityOf("problems-left-out"), Code: "problems-left-out",
		Msg: fmt.Sprintf("there are %d more findings", left),
	})
}
