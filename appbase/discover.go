package appbase

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sigil-server/sigil/appbase/modules/asynccontext"
	"github.com/sigil-server/sigil/scripting"
)

// Source is one app on disk. All paths are absolute.
type Source struct {
	Name  string // the first segment of its URLs
	Entry string // the file that is loaded
	Dir   string // the app's own folder; "" when the app is a single file

	Public   string // the folder of its static files; "" is "public" in its own, if it has one
	NoPublic bool   // it has none
}

// Root is the folder that error positions of the app are relative to: the one that holds the apps.
func (s Source) Root() string {
	if s.Dir != "" {
		return filepath.Dir(s.Dir)
	}
	return filepath.Dir(s.Entry)
}

// PublicDir is the folder whose files the app serves, whether it exists or not; "" if there is none.
func (s Source) PublicDir() string {
	switch {
	case s.NoPublic:
		return ""
	case s.Public != "":
		return s.Public
	case s.Dir == "":
		return ""
	}
	return filepath.Join(s.Dir, "public")
}

// extensions of entry files, the preferred first.
var extensions = []string{".ts", ".js", ".mts", ".mjs", ".tsx", ".jsx"}

var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)

// Discover lists the apps in root, sorted by name: "<name>.js|ts", or a folder "<name>" with main, index or <name> as
// its entry. Names that begin with "." or "_", declarations (.d.ts), tests (.test.ts) and folders without an entry are
// no apps. A problem is a file that looks like an app and cannot be one; the others are listed all the same. The error
// says why root cannot be read.
func Discover(root string) (apps []Source, problems []error, err error) {
	root, err = filepath.Abs(root)
	if err != nil {
		return nil, nil, fmt.Errorf("apps folder: %w", err)
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, nil, fmt.Errorf("apps folder: %w", err)
	}
	found := map[string]Source{}
	for _, e := range entries {
		src, ok := sourceOf(root, e.Name())
		if !ok {
			continue
		}
		if !validName.MatchString(src.Name) {
			problems = append(problems, fmt.Errorf("%s: an app's name is part of its URL and may hold letters, digits, - and _ only: %q", src.Entry, src.Name))
			continue
		}
		if other, taken := found[src.Name]; taken {
			src, other = preferred(src, other)
			problems = append(problems, fmt.Errorf("%s: not loaded, app %q is already %s", other.Entry, src.Name, src.Entry))
		}
		found[src.Name] = src
	}
	return slices.SortedFunc(maps.Values(found), func(a, b Source) int { return strings.Compare(a.Name, b.Name) }), problems, nil
}

// sourceOf looks at one entry of the apps folder, following symbolic links.
func sourceOf(root, name string) (Source, bool) {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "node_modules" {
		return Source{}, false
	}
	path := filepath.Join(root, name)
	info, err := os.Stat(path)
	if err != nil {
		return Source{}, false
	}
	if info.IsDir() {
		entry := entryOf(path, name)
		return Source{Name: name, Entry: entry, Dir: path}, entry != ""
	}
	base, ok := appFile(name)
	return Source{Name: base, Entry: path}, ok && info.Mode().IsRegular()
}

// IsTest says whether a file is a test of apps by its name: it is no app, and is not served.
func IsTest(name string) bool {
	ext := filepath.Ext(name)
	return slices.Contains(extensions, ext) && strings.HasSuffix(strings.TrimSuffix(name, ext), ".test")
}

func appFile(name string) (base string, ok bool) {
	ext := filepath.Ext(name)
	base = strings.TrimSuffix(name, ext)
	if !slices.Contains(extensions, ext) || base == "" {
		return "", false
	}
	inner := filepath.Ext(base)
	return base, inner != ".d" && inner != ".test" && inner != ".config"
}

func entryOf(dir, name string) string {
	for _, base := range []string{"main", "index", name} {
		for _, ext := range extensions {
			path := filepath.Join(dir, base+ext)
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				return path
			}
		}
	}
	return ""
}

// preferred orders two sources of one name: a file before a folder, then by extension.
func preferred(a, b Source) (first, second Source) {
	if rank(a) <= rank(b) {
		return a, b
	}
	return b, a
}

func rank(s Source) int {
	if s.Dir != "" {
		return len(extensions)
	}
	return slices.Index(extensions, filepath.Ext(s.Entry))
}

// Compile bundles and compiles an app. Mistakes in the author's code come back as [scripting.Errors]. The program is
// immutable and may be loaded by any number of workers.
func Compile(ctx context.Context, src Source) (*scripting.Program, error) {
	return scripting.Compile(ctx, compileOptions(src, src.Root()))
}

func compileOptions(src Source, root string) scripting.CompileOptions {
	return scripting.CompileOptions{
		Entry:      src.Entry,
		Root:       root,
		Builtins:   builtins(),
		Companions: contractFiles(src.Dir),
		AppClass:   "AppBase", LocalMembers: []string{"connections", "connection", "users", "subscribers"}, SharedField: "Shared",
		JSXImportSource: "hono/jsx",
		Aliases:         map[string]string{"@hono/hono": "hono", "jsr:@hono/hono": "hono"},
	}
}

// builtins are the modules of the server's own. The adapter for Hono answers also to the names of those for other servers.
func builtins() map[string]string {
	all := map[string]string{"sigil": sigilModule()}
	for _, name := range []string{"sigil/hono", "hono/deno", "hono/bun", "@hono/hono/deno", "@hono/hono/bun", "@hono/deno", "@hono/bun"} {
		all[name] = honoAdapter
	}
	for _, name := range []string{"node:async_hooks", "async_hooks"} {
		all[name] = asynccontext.Source()
	}
	return all
}
