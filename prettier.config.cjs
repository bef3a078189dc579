/** @type {import("prettier").Config} */
module.exports = {
    // The plug-in is not in the clone: NODE_PATH leads to it.
    plugins: [require.resolve("@prettier/plugin-xml")],
    bracketSpacing: false,
    printWidth: 88,
    proseWrap: "always",
    semi: true,
    trailingComma: "es5",
    xmlWhitespaceSensitivity: "strict",
};
