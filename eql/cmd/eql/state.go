package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/input"
	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/statefile"
)

// A savedInput is the command's part of a snapshot: how far which inputs have
// been read.
type savedInput struct {
	Version   int              `json:"version"`
	Sources   []string         `json:"sources,omitempty"` // that the watermark knows
	Positions []input.Position `json:"positions"`
}

// savedVersion is to be raised when a savedInput changes its meaning.
const savedVersion = 1

func readSavedInput(text []byte) (in savedInput, err error) {
	if err := json.Unmarshal(text, &in); err != nil {
		return in, fmt.Errorf("positions of inputs: %w", err)
	}
	if in.Version != savedVersion {
		return in, fmt.Errorf("positions of inputs are in format %d, and this version of eql knows format %d", in.Version, savedVersion)
	}
	return in, nil
}

// openState takes possession of the state file and goes on where it says, or
// begins it.
func (s *service) openState() (err error) {
	if s.state, err = statefile.Open(s.flags.state); err != nil {
		return err
	}
	s.feed.reader.Continued = true
	s.feed.continued, s.feed.final = true, s.flags.close
	saved, err := s.state.Reader()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.setMachine(s.newMachine())
		s.feed.reader.Begin()
		return s.save(s.feed.machine) // to fail now if that is impossible
	case err != nil:
		return err
	}
	defer saved.Close()
	in, err := s.restore(saved)
	if err != nil {
		s.app.errorf("state file %s: %v", s.state.Path(), err)
		s.app.notef("nothing has been changed; to begin anew, without what was waiting and from the beginning of the inputs, move the file away")
		return errProblems
	}
	s.feed.reader.Resume = in.Positions
	s.feed.reader.Begin()
	s.feed.ended = slices.DeleteFunc(in.Sources, func(name string) bool { return slices.Contains(s.feed.sources(), name) })
	return s.app.mendOutput()
}

// checkpoint saves the state, after the alerts that belong to it. What fails is
// reported, and tried again later; the error is one of the output.
func (s *service) checkpoint() error {
	if err := s.writeAlerts(); err != nil {
		return err
	}
	err := s.save(s.feed.machine)
	if err != nil && !s.failing {
		s.feed.bar.clear()
		s.app.warnf("no checkpoint: %v; the last one is still good, and it is tried again", err)
	}
	s.failing = err != nil
	return nil
}

// writeAlerts lets all alerts survive a crash.
func (s *service) writeAlerts() error {
	if err := s.feed.flush(); err != nil {
		return err
	}
	return s.app.syncOutput()
}

// save writes the state of m to the file.
func (s *service) save(m machine) error {
	began := time.Now()
	in, err := json.Marshal(savedInput{savedVersion, s.feed.sources(), s.feed.reader.Positions()})
	if err != nil {
		return err
	}
	m.SetPosition(positionKey, in)
	size, err := s.state.Write(m.Snapshot)
	s.saved = time.Now()
	if err != nil {
		s.counters.failures++
		return fmt.Errorf("state file %s: %w", s.state.Path(), err)
	}
	s.counters.checkpoints++
	s.counters.checkpointSize = size
	s.counters.checkpointTook = s.saved.Sub(began)
	return nil
}

// finish saves the state at the end of the run. If the events have ended for good
// nothing of it is left but how far inputs have been read.
func (s *service) finish() error {
	if s.state == nil {
		return nil
	}
	if err := s.writeAlerts(); err != nil {
		return err
	}
	m := s.feed.machine
	if s.feed.ends() {
		m = s.newMachine()
		defer m.Stop()
	}
	return s.save(m)
}
