package appbase

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/sigil-server/sigil/scripting"
)

// Prepare brings the store to where the app's code expects it: migrations, then seeds. It blocks.
func (d *Data) Prepare(ctx context.Context, src Source) error {
	if err := d.Migrate(ctx, src); err != nil {
		return err
	}
	return d.Seed(ctx, src)
}

// Migrate applies the app's migrations/*.sql that its store has not seen, in the order of their names. It blocks; the store
// is opened only if there are any. A mistake in a script is a *scripting.Error with its file and line, and what stands in
// that file is undone.
func (d *Data) Migrate(ctx context.Context, src Source) error {
	if d == nil || src.Dir == "" {
		return nil
	}
	names, texts, err := scripts(filepath.Join(src.Dir, "migrations"))
	if err != nil || len(names) == 0 {
		return err
	}
	store, err := d.open(ctx)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	applied, err := store.Migrate(ctx, names, texts)
	for _, name := range applied {
		d.log.Info("migration applied", "file", name)
	}
	return d.migrationError(src, names, texts, err)
}

// scripts reads the migrations of a folder, which need not exist.
func scripts(dir string) (names, texts []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("migrations: %w", err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".sql") || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, nil, fmt.Errorf("migrations: %w", err)
		}
		names, texts = append(names, e.Name()), append(texts, string(text))
	}
	return names, texts, nil
}

// migrationError makes an error that an author reads of what the store says.
func (d *Data) migrationError(src Source, names, texts []string, err error) error {
	var placed interface {
		error
		Place() (name string, line, column int)
		Unwrap() error
	}
	if err == nil || !errors.As(err, &placed) {
		return err
	}
	name, line, column := placed.Place()
	e := &scripting.Error{
		Name: "MigrationError", Message: placed.Unwrap().Error(), File: path.Join(src.Name, "migrations", name), Line: max(line, 1), Column: max(column, 1),
		Hint: "nothing of this file was applied; mend it and save, and it is tried again",
	}
	for i, text := range texts {
		if lines := strings.Split(text, "\n"); names[i] == name && line > 0 && line <= len(lines) {
			e.SourceLine = strings.TrimRight(lines[line-1], "\r")
		}
	}
	return e
}
