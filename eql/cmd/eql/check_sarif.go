package main

import (
	"encoding/json"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql/lint"
)

// A sarifReporter collects results and prints them as one SARIF 2.1.0 log, the
// format of code scanning services.
type sarifReporter struct {
	*app
	results []sarifResult
}

type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string      `json:"id"`
		ShortDescription sarifText   `json:"shortDescription"`
		Default          sarifConfig `json:"defaultConfiguration"`
	}
	sarifConfig struct {
		Enabled bool   `json:"enabled"`
		Level   string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
		Fixes     []sarifFix      `json:"fixes,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
	sarifFix struct {
		Description sarifText     `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  sarifRegion `json:"deletedRegion"`
		Inserted sarifText   `json:"insertedContent"`
	}
)

var sarifLevels = map[source.Severity]string{source.Err: "error", source.Warning: "warning", source.Info: "note"}

func (s *sarifReporter) report(r *lint.Report) error {
	at := sarifArtifact{sarifURI(r.Path)}
	for _, e := range r.Problems {
		msg := e.Msg
		if e.Hint != "" {
			msg += "; " + e.Hint
		}
		start, end := places(e)
		result := sarifResult{
			RuleID: e.Code, Level: sarifLevels[e.Severity], Message: sarifText{msg},
			Locations: []sarifLocation{{sarifPhysical{at, region(start, end)}}},
		}
		for _, fix := range e.Fixes {
			if !fixesFile(r, e) {
				break
			}
			change := sarifChange{Artifact: at}
			for _, edit := range fix.Edits {
				change.Replacements = append(change.Replacements, sarifReplacement{
					region(e.File.Position(edit.Span.Start), e.File.Position(edit.Span.End)), sarifText{edit.New},
				})
			}
			result.Fixes = append(result.Fixes, sarifFix{sarifText{fix.Title}, []sarifChange{change}})
		}
		s.results = append(s.results, result)
	}
	return nil
}

// fixesFile reports whether the text of the query is that of the file, so that
// an edit of the one is one of the other.
func fixesFile(r *lint.Report, e *source.Error) bool {
	return e.File != nil && (r.Rule == nil || e.File != r.Rule.Query || !r.Rule.QueryFromBasicString)
}

func region(start, end source.Position) sarifRegion {
	return sarifRegion{start.Line, start.Column, end.Line, end.Column}
}

// sarifURI returns a path as a relative reference, or as a URL if it is absolute.
func sarifURI(path string) string {
	u := url.URL{Path: filepath.ToSlash(path)}
	if filepath.IsAbs(path) {
		u.Scheme = "file"
		if !strings.HasPrefix(u.Path, "/") {
			u.Path = "/" + u.Path
		}
	}
	return u.String()
}

func (s *sarifReporter) close() error {
	log := sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs: []sarifRun{{
			Tool: sarifTool{sarifDriver{
				Name: "eql", Version: version(), InformationURI: "https://github.com/eqlkit/eqlkit", Rules: []sarifRule{},
			}},
			ColumnKind: "unicodeCodePoints",
			Results:    s.results,
		}},
	}
	run := &log.Runs[0]
	if run.Results == nil {
		run.Results = []sarifResult{}
	}
	used := map[string]bool{}
	for _, r := range run.Results {
		used[r.RuleID] = true
	}
	for _, c := range lint.Checks() {
		if used[c.Code] {
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
				ID: c.Code, ShortDescription: sarifText{c.Doc}, Default: sarifConfig{!c.Off, sarifLevels[c.Severity]},
			})
		}
	}
	e := json.NewEncoder(s.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(log)
}
