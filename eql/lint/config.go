package lint

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/eqlkit/eqlkit/ast/source"
)

// ConfigName is the name of the configuration file that FindConfig looks for.
const ConfigName = ".eqllint.toml"

// A Config says which findings are reported and how severe they are. The nil
// Config and the zero Config are the defaults. It is immutable once it is in use
// and then safe for concurrent use. In a file it looks like this:
//
//	disable = ["like-without-wildcard"]
//	enable = ["negation"]
//
//	[severity]
//	list-duplicate = "error"     # error, warning or info
//
//	[[paths]]
//	match = ["_deprecated/*"]    # relative to the file; * is any text, / included
//	disable = ["deprecated"]
//
// Later parts go before earlier ones. Errors of the compiler and of rule files
// stay what they are.
type Config struct {
	Settings
	Paths []PathConfig `toml:"paths"`

	dir string // that Paths are relative to
}

// Settings are what a Config says of all files, or of some.
type Settings struct {
	Disable  []string          `toml:"disable"`
	Enable   []string          `toml:"enable"`
	Severity map[string]string `toml:"severity"`
}

// A PathConfig holds for those files whose path matches a pattern.
type PathConfig struct {
	Match []string `toml:"match"`
	Settings
}

// FindConfig returns the configuration file of a folder: that in the folder or
// in the nearest one above it; "" if there is none.
func FindConfig(dir string) string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for {
		name := filepath.Join(dir, ConfigName)
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			return name
		}
		above := filepath.Dir(dir)
		if above == dir {
			return ""
		}
		dir = above
	}
}

// LoadConfig reads a configuration file. An error tells the place.
func LoadConfig(name string) (*Config, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	dir, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return ParseConfig(name, dir, data)
}

// ParseConfig reads a configuration from memory. The name is for messages, and
// dir is the absolute folder that its paths are relative to.
func ParseConfig(name, dir string, data []byte) (*Config, error) {
	c := &Config{dir: dir}
	d := toml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\uFEFF"))))
	d.DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		return nil, configError(name, err)
	}
	if err := c.validate(name, "", &c.Settings); err != nil {
		return nil, err
	}
	for i := range c.Paths {
		p := &c.Paths[i]
		where := fmt.Sprintf("paths[%d].", i)
		if len(p.Match) == 0 {
			return nil, fmt.Errorf("%s: %smatch is missing", name, where)
		}
		if err := c.validate(name, where, &p.Settings); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func configError(name string, err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		e := strict.Errors[0]
		row, column := e.Position()
		return fmt.Errorf("%s:%d:%d: unknown key %s", name, row, column, strings.Join(e.Key(), "."))
	}
	var de *toml.DecodeError
	if errors.As(err, &de) {
		row, column := de.Position()
		return fmt.Errorf("%s:%d:%d: %s", name, row, column, strings.TrimPrefix(de.Error(), "toml: "))
	}
	return fmt.Errorf("%s: %w", name, err)
}

var severityNames = map[string]source.Severity{"error": source.Err, "warning": source.Warning, "info": source.Info}

// ParseSeverity returns the severity called error, warning or info.
func ParseSeverity(name string) (source.Severity, error) {
	s, ok := severityNames[name]
	if !ok {
		return 0, fmt.Errorf("unknown severity %q (error, warning or info)", name)
	}
	return s, nil
}

func (c *Config) validate(name, where string, s *Settings) error {
	known := func(key, code string) error {
		if lookup(code) != nil {
			return nil
		}
		if near := source.Nearest(code, codesOf(allChecks())); near != "" {
			return fmt.Errorf("%s: %s%s: there is no code %q; did you mean %s?", name, where, key, code, near)
		}
		return fmt.Errorf("%s: %s%s: there is no code %q", name, where, key, code)
	}
	for _, code := range s.Disable {
		if err := known("disable", code); err != nil {
			return err
		}
	}
	for _, code := range s.Enable {
		if err := known("enable", code); err != nil {
			return err
		}
	}
	for code, severity := range s.Severity {
		if err := known("severity", code); err != nil {
			return err
		}
		if _, err := ParseSeverity(severity); err != nil {
			return fmt.Errorf("%s: %sseverity.%s: %w", name, where, code, err)
		}
	}
	return nil
}

// settings returns what holds for a path, later parts first.
func (c *Config) settings(path string) []*Settings {
	if c == nil {
		return nil
	}
	var out []*Settings
	name := filepath.ToSlash(path)
	if abs, err := filepath.Abs(path); err == nil {
		if rel, err := filepath.Rel(c.dir, abs); err == nil {
			name = filepath.ToSlash(rel)
		}
	}
	file := newGlob(name, true, false)
	for i := range slices.Backward(c.Paths) {
		p := &c.Paths[i]
		if slices.ContainsFunc(p.Match, func(m string) bool {
			g := newGlob(m, false, false)
			return g.covers(&file)
		}) {
			out = append(out, &p.Settings)
		}
	}
	return append(out, &c.Settings)
}

// isOff reports whether findings with a code are left out at a path.
func (c *Config) isOff(code, path string) bool { return isOff(code, c.settings(path)) }

func isOff(code string, settings []*Settings) bool {
	for _, s := range settings {
		switch {
		case slices.Contains(s.Enable, code):
			return false
		case slices.Contains(s.Disable, code):
			return true
		}
	}
	check := lookup(code)
	return check != nil && check.Off
}

// apply returns the findings that are to be reported, with their severity.
func (c *Config) apply(path string, list source.List) source.List {
	settings := c.settings(path)
	var out source.List
	for _, e := range list {
		check := lookup(e.Code)
		if check == nil || check.Severity == source.Err {
			out.Add(e)
			continue
		}
		if isOff(e.Code, settings) {
			continue
		}
		for _, s := range settings {
			if name, ok := s.Severity[e.Code]; ok {
				changed := *e
				changed.Severity = severityNames[name]
				e = &changed
				break
			}
		}
		out.Add(e)
	}
	return out
}
