package lint

import (
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/rule"
)

var ignoreCodes = []Check{
	{Code: "ignore-unknown-code", Severity: source.Warning, Doc: "A finding to ignore has a code that there is not."},
	{Code: "ignore-error", Severity: source.Warning, Doc: "A code to ignore is that of an error, which cannot be ignored."},
	{Code: "ignore-unused", Severity: source.Warning, Doc: "A finding to ignore was not found."},
	{Code: "ignore-malformed", Severity: source.Warning, Doc: "A comment that begins with eql: is not understood."},
	{Code: "ignore-without-reason", Severity: source.Info, Doc: "Nothing says why a finding is ignored."},
}

// The words that begin a directive in a comment.
const (
	mark        = "eql:"
	ignoreLine  = "eql:ignore"
	ignoreQuery = "eql:ignore-query"
)

// A directive says that findings are to be ignored.
type directive struct {
	codes []string
	file  *source.File
	at    source.Span
	line  int // of the query's text, from 0; -1 for the whole rule
	used  map[string]bool
}

// ignore takes the findings out that the rule, or comments of its query, say
// nothing should be heard of, and adds what is wrong with these directives. The
// tree may be nil.
func ignore(r *rule.Rule, tree *ast.Query, found source.List, config *Config) source.List {
	var complaints source.List
	var all []*directive
	add := func(words string, file *source.File, at source.Span, line int) {
		d := &directive{file: file, at: at, line: line, used: map[string]bool{}}
		complaints = append(complaints, d.read(words)...)
		all = append(all, d)
	}
	for _, i := range r.Ignore {
		add(i.Text, i.Source, source.SpanAt(0, len(i.Source.Text)), -1)
	}
	if tree != nil {
		for _, c := range tree.Comments {
			words, ok := directiveOf(c.Text)
			switch {
			case !ok:
			case words[0] == ignoreLine:
				add(strings.Join(words[1:], " "), tree.File, c.Range, target(tree, c))
			case words[0] == ignoreQuery:
				add(strings.Join(words[1:], " "), tree.File, c.Range, -1)
			default:
				complaints.Add(complaint(tree.File, c.Range, "ignore-malformed", "unknown directive "+short(words[0]), "write: eql:ignore CODE reason"))
			}
		}
	}
	if len(all) == 0 {
		return append(found, complaints...)
	}
	kept := slices.DeleteFunc(slices.Clone(found), func(e *source.Error) bool {
		return slices.ContainsFunc(all, func(d *directive) bool { return d.matches(e, r.Query) })
	})
	for _, d := range all {
		for _, code := range d.codes {
			if !d.used[code] && !config.isOff(code, r.Path) && tree != nil {
				complaints.Add(complaint(d.file, d.at, "ignore-unused", "there is no finding "+code+" to ignore here", "remove it"))
			}
		}
	}
	return append(kept, complaints...)
}

func complaint(file *source.File, at source.Span, code, msg, hint string) *source.Error {
	return &source.Error{File: file, Span: at, Severity: severityOf(code), Code: code, Msg: msg, Hint: hint}
}

// directiveOf returns the words of a comment if it begins with eql: something.
func directiveOf(comment string) ([]string, bool) {
	if text, ok := strings.CutPrefix(comment, "//"); ok {
		comment = text
	} else {
		comment = strings.TrimSuffix(strings.TrimPrefix(comment, "/*"), "*/")
	}
	words := strings.Fields(comment)
	if len(words) == 0 || !strings.HasPrefix(words[0], mark) {
		return nil, false
	}
	return words, true
}

// read takes in "CODE,CODE reason" and returns what is wrong with it.
func (d *directive) read(text string) (complaints source.List) {
	complain := func(code, msg, hint string) { complaints.Add(complaint(d.file, d.at, code, msg, hint)) }
	codes, reason, _ := strings.Cut(strings.TrimSpace(text), " ")
	if codes == "" {
		complain("ignore-malformed", "no code says what is ignored", "write: eql:ignore CODE reason")
		return complaints
	}
	for code := range strings.SplitSeq(codes, ",") {
		switch c := lookup(code); {
		case code == "":
		case c == nil:
			hint := "eql check --list-codes prints them all"
			if near := source.Nearest(code, codesOf(allChecks())); near != "" {
				hint = "did you mean " + near + "?"
			}
			complain("ignore-unknown-code", "there is no code "+short(code), hint)
		case c.Severity == source.Err:
			complain("ignore-error", code+" is an error, which cannot be ignored", "")
		default:
			d.codes = append(d.codes, code)
		}
	}
	if strings.TrimSpace(reason) == "" && len(complaints) == 0 {
		complain("ignore-without-reason", "nothing says why "+short(codes)+" is ignored", "write the reason behind the code")
	}
	return complaints
}

func codesOf(checks []Check) []string {
	out := make([]string, len(checks))
	for i, c := range checks {
		out[i] = c.Code
	}
	return out
}

// matches reports whether e is one of the findings to ignore.
func (d *directive) matches(e *source.Error, query *source.File) bool {
	if !slices.Contains(d.codes, e.Code) {
		return false
	}
	if d.line >= 0 && (e.File != query || lineOf(query.Text, e.Span.Start) != d.line) {
		return false
	}
	d.used[e.Code] = true
	return true
}

// lineOf returns the number of the line of a text that a place is in.
func lineOf(text string, at source.Pos) int {
	return strings.Count(text[:min(max(at.Offset(), 0), len(text))], "\n")
}

// target returns the line that a comment is about: its own if there is something
// before it, else the next one that holds more than comments.
func target(q *ast.Query, c *ast.Comment) int {
	text := q.File.Text
	start := c.Range.Start.Offset()
	if strings.TrimSpace(text[strings.LastIndexByte(text[:start], '\n')+1:start]) != "" {
		return lineOf(text, c.Range.Start)
	}
	end := c.Range.End.Offset()
	for {
		end += len(text[end:]) - len(strings.TrimLeft(text[end:], " \t\r\n"))
		i := slices.IndexFunc(q.Comments, func(o *ast.Comment) bool { return o.Range.Start.Offset() == end })
		if i < 0 {
			return lineOf(text, source.PosAt(end))
		}
		end = q.Comments[i].Range.End.Offset()
	}
}

func isCompileCode(code string) bool {
	return slices.ContainsFunc(compileChecks, func(c Check) bool { return c.Code == code })
}
