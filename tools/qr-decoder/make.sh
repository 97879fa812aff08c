#!/bin/sh
# Makes broker/swb/printing/vendor/qr-decoder.js anew: the reader of QR codes of the page for browsers,
# and qr-decoder.sha256, by which a test tells that nothing else made it.
set -eu
cd "$(dirname "$0")"
target=../../broker/swb/printing/vendor/qr-decoder.js
npm ci --ignore-scripts --no-audit --no-fund --silent
{
  echo "/*! qr $(node -p 'require("./package-lock.json").packages["node_modules/qr"].version')," \
    "the decoder alone, minified by esbuild; https://www.npmjs.com/package/qr (MIT OR Apache-2.0)"
  sed 's/[[:space:]]*$//' node_modules/qr/LICENSE-MIT
  echo
  echo "*/"
  npx esbuild node_modules/qr/decode.js --bundle --format=iife --global-name=qrDecoder --minify \
    --charset=ascii --legal-comments=none --log-level=error
} >"$target"
sha256sum <"$target" | cut -d" " -f1 >qr-decoder.sha256
rm -rf node_modules
