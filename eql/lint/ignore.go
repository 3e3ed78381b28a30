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
	used  map[string]bool
}

// A silencer is all the directives of a rule.
type silencer struct {
	rule       *rule.Rule
	query      *source.File
	lines      []int                // offsets at which the lines of the query begin
	byLine     map[int][]*directive // of comments
	whole      []*directive
	all        []*directive
	complaints source.List
}

// ignore takes the findings out that the rule, or comments of its query, say
// nothing should be heard of, and adds what is wrong with these directives. The
// tree may be nil. What was not found is only told of a query that compiles.
func ignore(r *rule.Rule, tree *ast.Query, found source.List, compiles bool, config *Config) source.List {
	s := &silencer{rule: r, query: r.Query, byLine: map[int][]*directive{}}
	for _, i := range r.Ignore {
		s.add(i.Text, i.Source, source.SpanAt(0, len(i.Source.Text)), -1)
	}
	if r.Index > 0 {
		s.complaints = nil // the first query of the file has them
	}
	if tree != nil {
		s.comments(tree)
	}
	if len(s.all) == 0 {
		return append(found, s.complaints...)
	}
	kept := slices.DeleteFunc(slices.Clone(found), s.silences)
	if compiles {
		s.unused(config)
	}
	return append(kept, s.complaints...)
}

func (s *silencer) add(words string, file *source.File, at source.Span, line int) {
	d := &directive{file: file, at: at, used: map[string]bool{}}
	s.complaints = append(s.complaints, d.read(words)...)
	s.all = append(s.all, d)
	if line < 0 {
		s.whole = append(s.whole, d)
	} else {
		s.byLine[line] = append(s.byLine[line], d)
	}
}

// comments reads the directives in the comments of a query.
func (s *silencer) comments(q *ast.Query) {
	var targets []int
	for i, c := range q.Comments {
		words, ok := directiveOf(c.Text)
		if !ok {
			continue
		}
		rest := strings.Join(words[1:], " ")
		switch words[0] {
		case ignoreLine:
			if targets == nil {
				s.lines = lineStarts(q.File.Text)
				targets = s.targets(q)
			}
			s.add(rest, q.File, c.Range, targets[i])
		case ignoreQuery:
			s.add(rest, q.File, c.Range, -1)
		default:
			s.complaints.Add(complaint(q.File, c.Range, "ignore-malformed", "unknown directive "+short(words[0]), "write: eql:ignore CODE reason"))
		}
	}
}

// targets returns, for each comment, the line that it is about: its own if there
// is something before it, else the next one that holds more than comments.
func (s *silencer) targets(q *ast.Query) []int {
	text := q.File.Text
	out := make([]int, len(q.Comments))
	behind := make([]bool, len(q.Comments)) // something stands before it on its line
	for i, c := range q.Comments {
		line := s.lineOf(c.Range.Start)
		from, before := s.lines[line], false
		if i > 0 {
			if last := q.Comments[i-1].Range; last.End.Offset() > from {
				from, before = last.End.Offset(), behind[i-1] && s.lineOf(last.Start) == line
			}
		}
		behind[i] = before || strings.TrimSpace(text[from:c.Range.Start.Offset()]) != ""
	}
	next := len(text) // where a run of comments ends
	for i := len(q.Comments) - 1; i >= 0; i-- {
		end := q.Comments[i].Range.End.Offset()
		end += len(text[end:]) - len(strings.TrimLeft(text[end:], " \t\r\n"))
		if i+1 == len(q.Comments) || q.Comments[i+1].Range.Start.Offset() != end {
			next = end
		}
		if out[i] = s.lineOf(source.PosAt(next)); behind[i] {
			out[i] = s.lineOf(q.Comments[i].Range.Start)
		}
	}
	return out
}

// lineStarts returns the offsets at which the lines of a text begin.
func lineStarts(text string) []int {
	starts := []int{0}
	for i := range len(text) {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// lineOf returns the number of the line that a place is in, from 0.
func (s *silencer) lineOf(at source.Pos) int {
	i, ok := slices.BinarySearch(s.lines, max(at.Offset(), 0))
	if !ok {
		i--
	}
	return i
}

// silences reports whether e is one of the findings to ignore.
func (s *silencer) silences(e *source.Error) bool {
	silent := false
	for _, d := range s.whole {
		silent = d.takes(e) || silent
	}
	if e.File == s.query && len(s.byLine) > 0 {
		for _, d := range s.byLine[s.lineOf(e.Span.Start)] {
			silent = d.takes(e) || silent
		}
	}
	return silent
}

// unused complains of directives for nothing. In a file with several queries the
// directives of the file are for any of them.
func (s *silencer) unused(config *Config) {
	for _, d := range s.all {
		if s.rule.Layout == rule.Hunt && d.file != s.query {
			continue
		}
		for _, code := range d.codes {
			if !d.used[code] && !config.isOff(code, s.rule.Path) {
				s.complaints.Add(complaint(d.file, d.at, "ignore-unused", "there is no finding "+code+" to ignore here", "remove it"))
			}
		}
	}
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

// takes reports whether e has one of the codes, and remembers it.
func (d *directive) takes(e *source.Error) bool {
	if !slices.Contains(d.codes, e.Code) {
		return false
	}
	d.used[e.Code] = true
	return true
}

func isCompileCode(code string) bool {
	return slices.ContainsFunc(compileChecks, func(c Check) bool { return c.Code == code })
}
