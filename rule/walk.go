package rule

import (
	"errors"
	"io/fs"
	"path"
	"strings"
)

// Why entries of folders are not opened: a pipe, for instance, may never come to an end.
var (
	errNoFile       = errors.New("not a file")
	errLinkedFolder = errors.New("a link to a folder")
)

// Walk calls visit for each file in the folder root and the folders below it, in the order
// of names: that is what Load looks at in a folder. Links to files are files. What has a
// name that begins with a dot is passed over, root excepted: version control, editors and
// volumes of containers keep their own files there. For what is neither a file nor a link
// to one, such as a pipe, and for what cannot be read, err says why it is not to be opened.
// As in fs.WalkDirFunc e may be nil if err is not.
func Walk(fsys fs.FS, root string, visit func(name string, e fs.DirEntry, err error)) {
	_ = fs.WalkDir(fsys, root, func(name string, e fs.DirEntry, err error) error {
		isFolder := e != nil && e.IsDir()
		switch hidden := name != root && strings.HasPrefix(path.Base(name), "."); {
		case hidden && isFolder:
			return fs.SkipDir
		case hidden, isFolder && err == nil:
			return nil
		case err == nil:
			err = readable(fsys, name, e)
		}
		visit(name, e, err)
		if isFolder {
			return fs.SkipDir
		}
		return nil
	})
}

// readable returns why an entry of a folder is not to be opened.
func readable(fsys fs.FS, name string, e fs.DirEntry) error {
	if e.Type().IsRegular() {
		return nil
	}
	info, err := fs.Stat(fsys, name)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return errLinkedFolder
	case !info.Mode().IsRegular():
		return errNoFile
	}
	return nil
}
