package main

import (
	"fmt"
	"strings"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql/lint"
)

// A githubReporter prints workflow commands, which GitHub Actions shows as
// annotations of the files of a change.
type githubReporter struct{ *app }

var githubLevels = map[source.Severity]string{source.Err: "error", source.Warning: "warning", source.Info: "notice"}

func (g githubReporter) report(r *lint.Report) error {
	for _, e := range r.Problems {
		start, end := places(e)
		properties := fmt.Sprintf("file=%s,line=%d,endLine=%d,col=%d", githubProperty(r.Path), start.Line, end.Line, start.Column)
		if end.Line == start.Line {
			properties += fmt.Sprintf(",endColumn=%d", end.Column)
		}
		msg := e.Msg
		if e.Hint != "" {
			msg += "\n" + e.Hint
		}
		_, err := fmt.Fprintf(g.out, "::%s %s,title=%s::%s\n", githubLevels[e.Severity], properties, githubProperty(e.Code), githubData(msg))
		if err != nil {
			return err
		}
	}
	return nil
}

func (githubReporter) close() error { return nil }

// places returns where a problem begins and ends.
func places(e *source.Error) (start, end source.Position) {
	start = e.Position()
	end = start
	if e.File != nil && e.Span.IsValid() {
		end = e.File.Position(e.Span.End)
	}
	return start, end
}

var (
	githubEscapes    = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperties = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func githubData(s string) string     { return githubEscapes.Replace(s) }
func githubProperty(s string) string { return githubProperties.Replace(s) }
