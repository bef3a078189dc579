const js = require("@eslint/js");
const globals = require("globals");

const browser = {
    ...globals.browser,
    odoo: "readonly",
    luxon: "readonly",
    L: "readonly",
};

module.exports = [
    {
        ignores: ["**/static/lib/**", "**/static/src/lib/**", "dist/**", ".run/**"],
    },
    js.configs.recommended,
    {
        linterOptions: {reportUnusedDisableDirectives: "error"},
        languageOptions: {ecmaVersion: 2024, sourceType: "module"},
        rules: {
            "array-callback-return": "error",
            "consistent-return": "error",
            curly: ["error", "all"],
            "dot-notation": "error",
            eqeqeq: ["error", "always", {null: "ignore"}],
            "no-console": ["error", {allow: ["warn", "error"]}],
            "no-else-return": "error",
            "no-eval": "error",
            "no-implied-eval": "error",
            "no-unused-vars": ["error", {argsIgnorePattern: "^_"}],
            "no-var": "error",
            "object-shorthand": "error",
            "prefer-const": "error",
        },
    },
    {
        files: ["addons/**/*.js"],
        languageOptions: {globals: browser},
    },
    {
        files: ["tools/**/*.{js,mjs,cjs}", "*.cjs"],
        languageOptions: {globals: {...globals.node, ...globals.browser}},
        rules: {"no-console": "off"},
    },
    {
        files: ["**/*.cjs"],
        languageOptions: {sourceType: "commonjs"},
    },
];
