/* Which numbers are the largest. */
#ifndef ORDER_H
#define ORDER_H

/* The indices of the `most` largest of `n` numbers (all of them when there are fewer),
 * falling, the lower index first on a tie; NaN counts as less than everything. `order`
 * has a place for each. */
void order_largest(const double *x, long n, long most, long *order);

#endif
