
C
xPlaceholder*
dtype0*$
shape:ÿÿÿÿÿÿÿÿÿ

aNonsensex