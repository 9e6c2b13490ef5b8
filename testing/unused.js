/** Stands for a package that backends load and no test uses. */
module.exports = {};
