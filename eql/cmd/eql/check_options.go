package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/input"
	"github.com/eqlkit/eqlkit/eql/lint"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/schema"
	"github.com/eqlkit/eqlkit/eval/schema/ecs"
)

// checkOptions are those of a lint run, and what went wrong with its
// configuration meanwhile.
type checkOptions struct {
	lint.Options
	configs map[string]*lint.Config // by folder
	err     error                   // of the first broken configuration
}

func (f *checkFlags) options(ctx context.Context, a *app) (*checkOptions, error) {
	if err := f.limits.check(); err != nil {
		return nil, err
	}
	o := &checkOptions{configs: map[string]*lint.Config{}}
	o.CategoryField = f.category
	o.Compile = f.limits.options()
	if f.mapping != "" {
		m, err := loadMapping(f.mapping)
		if err != nil {
			return nil, err
		}
		o.Mapping = m
	}
	if f.ecs != "" {
		data, err := os.ReadFile(f.ecs)
		if err != nil {
			return nil, err
		}
		t, err := ecs.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.ecs, err)
		}
		o.Reference = t
	}
	if len(f.events) > 0 {
		s, err := a.sample(ctx, f.events, f.category)
		if err != nil {
			return nil, err
		}
		o.Sample = s
	}
	if f.config != "" {
		c, err := lint.LoadConfig(f.config)
		if err != nil {
			return nil, err
		}
		o.Config = func(string) *lint.Config { return c }
		return o, nil
	}
	o.Config = o.configOf
	return o, nil
}

// sample reads sample events; those that cannot be read are reported.
func (a *app) sample(ctx context.Context, files []string, category string) (*schema.Sample, error) {
	s := schema.NewSample(category)
	refused := 0
	for doc, err := range (&input.Reader{Files: files, Stdin: a.in}).All(ctx) {
		var fields map[string]any
		if err == nil {
			if fields, err = event.Decode(doc.Data); err != nil {
				err = &input.Refusal{Place: doc.Place, Reason: err.Error()}
			}
		}
		var refusal *input.Refusal
		switch {
		case errors.As(err, &refusal):
			if refused++; refused <= shownRefusals {
				a.warnf("event refused: %v", err)
			}
		case err != nil:
			return nil, err
		default:
			s.Add(fields)
		}
	}
	if refused > 0 {
		a.warnf("%s could not be read", count(uint64(refused), "event"))
	}
	if s.Events() == 0 {
		return nil, errors.New("there is no event in the files of --events")
	}
	return s.Ready(), nil
}

// configOf returns the configuration for a rule file: the nearest one above it.
func (o *checkOptions) configOf(path string) *lint.Config {
	dir := filepath.Dir(path)
	if path == queryName || path == stdinName {
		dir = "."
	}
	if c, ok := o.configs[dir]; ok {
		return c
	}
	var c *lint.Config
	if name := lint.FindConfig(dir); name != "" {
		var err error
		if c, err = lint.LoadConfig(name); err != nil {
			o.err = errors.Join(o.err, err)
		}
	}
	if o.configs[dir] = c; c == nil {
		return nil
	}
	return c
}
