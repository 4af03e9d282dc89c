// Package templates fills an app's HTML templates with data. They are html/template's: what they insert is escaped for the
// place it stands in (text, attribute, URL, script, style), so that data cannot become markup.
//
// Files of the folders layouts and partials are there for every page: {{template "partials/row.html" .}}. Every other file
// is a page; what it defines ({{define "content"}}) is its own and fills the blocks of the layout it names.
package templates

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
)

// Bounds of a folder and of what is made of it.
const (
	maxFiles       = 1000
	maxFileBytes   = 1 << 20
	maxOutputBytes = 16 << 20
)

// Set is a folder of templates. It notices edits: a file that changed is read again with the next [Set.Render]. It may be
// used from any goroutine.
type Set struct {
	dir string

	mu    sync.Mutex
	pages map[string]*page
}

// page is a page with the shared files as they were when it was parsed.
type page struct {
	tree  *template.Template
	stamp stamp
}

// New is the set of the templates below dir, which need not exist yet.
func New(dir string) *Set { return &Set{dir: dir, pages: map[string]*page{}} }

// Render fills the page name (a path below the folder, with slashes) with data: what encoding/json makes of plain values.
// It reads files, so it is not for the loop. Errors name the template's file and line. It stops when ctx ends.
func (s *Set) Render(ctx context.Context, name string, data any) (string, error) {
	if !fs.ValidPath(name) || hidden(name) {
		return "", fmt.Errorf("templates: %q is not the name of a template", clip(name))
	}
	tree, err := s.page(name)
	if err != nil {
		return "", err
	}
	out := &output{ctx: ctx}
	if err := tree.ExecuteTemplate(out, name, data); err != nil {
		return "", tidy(err)
	}
	return out.String(), nil
}

// page returns the parsed page, from memory when no file of it has changed.
func (s *Set) page(name string) (*template.Template, error) {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, notThere(name)
	}
	defer root.Close()
	files, err := filesFor(root, name)
	if err != nil {
		return nil, err
	}
	now := stampOf(files)
	s.mu.Lock()
	known := s.pages[name]
	s.mu.Unlock()
	if known != nil && known.stamp == now {
		return known.tree, nil
	}
	tree, err := parse(root, files)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pages) >= maxFiles {
		clear(s.pages)
	}
	s.pages[name] = &page{tree, now}
	return tree, nil
}

// parse reads files in order; what a later one defines replaces what an earlier one did.
func parse(root *os.Root, files []file) (*template.Template, error) {
	tree := template.New("").Funcs(functions())
	for _, f := range files {
		text, err := root.ReadFile(f.name)
		if err != nil {
			return nil, fmt.Errorf("templates: %w", err)
		}
		if _, err := tree.New(f.name).Parse(string(text)); err != nil {
			return nil, tidy(err)
		}
	}
	return tree, nil
}

// functions are what templates can call beside the engine's own.
func functions() template.FuncMap {
	return template.FuncMap{
		"raw":   func(text string) template.HTML { return template.HTML(text) }, // trusted by the author, who writes the word
		"json":  func(value any) (string, error) { text, err := json.Marshal(value); return string(text), err },
		"join":  join,
		"lower": strings.ToLower,
		"upper": strings.ToUpper,
	}
}

func join(list []any, separator string) string {
	texts := make([]string, len(list))
	for i, item := range list {
		texts[i] = fmt.Sprint(item)
	}
	return strings.Join(texts, separator)
}

// output is a buffer with a bound and an end.
type output struct {
	bytes.Buffer
	ctx context.Context
}

// Write refuses beyond the bound, which ends the execution.
func (o *output) Write(p []byte) (int, error) {
	if err := context.Cause(o.ctx); err != nil {
		return 0, err
	}
	if o.Len()+len(p) > maxOutputBytes {
		return 0, fmt.Errorf("the page would be larger than %d bytes", maxOutputBytes)
	}
	return o.Buffer.Write(p)
}

// tidy makes the engine's error one about the author's file: "templates/index.html:3: ...".
func tidy(err error) error {
	text := err.Error()
	for _, prefix := range []string{"html/template: ", "html/template:", "template: ", "template:"} {
		text = strings.TrimPrefix(text, prefix)
	}
	return errors.New("templates/" + text)
}

func notThere(name string) error {
	return fmt.Errorf("templates: there is no %q in the app's folder templates", clip(name))
}

func hidden(name string) bool {
	for segment := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(segment, ".") {
			return true
		}
	}
	return name == "." || path.Ext(name) == ""
}

func clip(name string) string { return name[:min(len(name), 100)] }
