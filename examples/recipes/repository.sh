#!/bin/sh
# Make a small package repository beside this file, with git: a first commit, tagged `base`, and five
# changes of it, each with a tag of its own.
set -eu
cd "$(dirname "$0")"
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_AUTHOR_DATE='2026-01-17T12:00:00Z'
export GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.org GIT_COMMITTER_DATE='2026-01-17T12:00:00Z'
recipes=spack_repo/builtin/packages

git init -q packages
mkdir -p packages/$recipes/greeting packages/$recipes/user
cp greeting.recipe packages/$recipes/greeting/package.py
cp user.recipe packages/$recipes/user/package.py
cd packages
printf 'repo:\n  namespace: builtin\n  api: v2.2\n' > spack_repo/builtin/repo.yaml
echo 'a fix' > $recipes/greeting/fix.patch
echo 'an old fix' > $recipes/greeting/old.patch

save() {
    git add -A
    git commit -qm "$1"
    git tag "$1"
}

# Change one file with sed, and save that as a change of `base`.
change() {
    git checkout -q base
    sed "$3" "$recipes/greeting/$2" > ../changed
    mv ../changed "$recipes/greeting/$2"
    save "$1"
}

save base
change comment package.py 's/# A comment./# Another comment./'
change version package.py 's/^    version("2.0".*/    version("3.0", sha256="3333333333333333333333333333333333333333333333333333333333333333")\
&/'
change patch fix.patch 's/a fix/a better fix/'
change method package.py 's/make("install-old")/make("install-older")/'
change resource package.py 's/words.tar.gz/more-words.tar.gz/'
