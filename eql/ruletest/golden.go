package ruletest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/eqlkit/eqlkit/rule/testfile"
)

// goldenExt ends the name of a golden file: NAME_test.golden.
const goldenExt = ".golden"

// A goldenAlert is one line of a golden file.
type goldenAlert struct {
	Case   string `json:"case"`
	Events []any  `json:"events"` // @id or number from 1; null for a missing event
	Keys   []any  `json:"keys,omitempty"`
}

// A golden is the golden file of a test file. It is safe for concurrent use.
type golden struct {
	suite *Suite
	name  string
	cases []string // of the test file

	mu      sync.Mutex
	loaded  bool
	err     error
	alerts  map[string][]goldenAlert
	changed bool
}

// get returns the alerts of a case; false if the file has none of it, which is
// how a case without alerts looks if the file exists.
func (g *golden) get(name string) ([]goldenAlert, bool, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.load()
	return g.alerts[name], g.alerts != nil, g.err
}

func (g *golden) load() {
	if g.loaded {
		return
	}
	g.loaded = true
	data, err := fs.ReadFile(g.suite.fsys, g.name)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	g.alerts = map[string][]goldenAlert{}
	if err != nil {
		g.err = err
		return
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	d.DisallowUnknownFields()
	for {
		var a goldenAlert
		switch err := d.Decode(&a); {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			g.err = fmt.Errorf("%s: %w", g.suite.shown(g.name), err)
			return
		}
		g.alerts[a.Case] = append(g.alerts[a.Case], a)
	}
}

// set replaces the alerts of a case.
func (g *golden) set(name string, alerts []goldenAlert) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.load()
	if g.alerts == nil {
		g.alerts = map[string][]goldenAlert{}
	}
	g.err = nil // it is overwritten
	g.alerts[name] = alerts
	g.changed = true
}

// save writes the file if a case was set; cases that are no more are left out.
func (g *golden) save() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.changed {
		return nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, name := range g.cases {
		for _, a := range g.alerts[name] {
			if err := e.Encode(a); err != nil {
				return err
			}
		}
	}
	folder := folderOf(g.suite.fsys)
	if folder == "" {
		return fmt.Errorf("%s cannot be written: the rules do not come from a folder", g.name)
	}
	g.changed = false
	return os.WriteFile(folder+"/"+g.name, b.Bytes(), 0o644)
}

// Save writes the golden files of all cases that ran with an update. The files
// must be those of a folder, as of os.DirFS.
func (s *Suite) Save() error {
	var errs []error
	for _, r := range s.Rules {
		if r.golden != nil {
			errs = append(errs, r.golden.save())
		}
	}
	return errors.Join(errs...)
}

// expected turns golden alerts into those of a test file.
func expected(alerts []goldenAlert, events []testfile.Happening) ([]testfile.Alert, error) {
	out := make([]testfile.Alert, 0, len(alerts))
	for _, g := range alerts {
		a := testfile.Alert{Keys: g.Keys}
		if a.Keys == nil {
			a.Keys = []any{}
		}
		for _, e := range g.Events {
			i, ok := eventIndex(e, events)
			if !ok {
				return nil, fmt.Errorf("the golden file names the event %v, which the case does not have", e)
			}
			a.Events = append(a.Events, i)
		}
		out = append(out, a)
	}
	return out, nil
}

func eventIndex(e any, events []testfile.Happening) (int, bool) {
	switch e := e.(type) {
	case nil:
		return -1, true
	case json.Number:
		n, err := e.Int64()
		return int(n - 1), err == nil && n >= 1 && n <= int64(len(events))
	case string:
		i := slices.IndexFunc(events, func(h testfile.Happening) bool { return h.ID == e })
		return i, i >= 0
	}
	return 0, false
}
