package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/eqlkit/eqlkit/eql/lint"
)

// listCodes prints what check looks for: a table, or a JSON line each.
func (a *app) listCodes(format string) error {
	if format == "json" {
		for _, c := range lint.Checks() {
			if err := writeJSON(a.out, struct {
				Code     string `json:"code"`
				Severity string `json:"severity"`
				Off      bool   `json:"off,omitempty"`
				Doc      string `json:"doc"`
			}{c.Code, c.Severity.String(), c.Off, c.Doc}); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, c := range lint.Checks() {
		severity := c.Severity.String()
		if c.Off {
			severity = "off"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", c.Code, severity, c.Doc)
	}
	return w.Flush()
}
