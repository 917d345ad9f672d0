# %% [markdown] lang="en"
# # Axis 5: a grid with cross-validation
#
# **Question.** Five hyperparameters at once: which of them matter, and which configuration is the best?
#
# A grid of 108 trials, each trained on 3 folds: 324 runs. Each of the 15,000 images is a validation image exactly
# once.

# %% [markdown] lang="fr"
# # Axe 5 : la grille et la validation croisée
#
# **Question.** Cinq hyperparamètres à la fois : lesquels comptent, et quelle configuration est la meilleure ?
#
# Une grille de 108 essais, chacun entraîné sur 3 plis : 324 entraînements. Chacune des 15 000 images sert exactement
# une fois à la validation.

# %%
import tp_sweep

# %% [markdown] lang="en"
# ## The sweep

# %% [markdown] lang="fr"
# ## Le balayage

# %% sweep="axe5"

# %%
sweep = tp_sweep.Sweep("sweeps/axe5.yaml")
print(sweep.plan())

# %% [markdown] lang="en"
# ## The training

# %% [markdown] lang="fr"
# ## L’entraînement

# %%
results = sweep.run()
results

# %% [markdown] lang="en"
# ## The results
#
# The five best trials. `differs_from_best` is false for ties: their difference from the best may be chance.

# %% [markdown] lang="fr"
# ## Les résultats
#
# Les cinq meilleurs essais. `differs_from_best` est faux pour les ex æquo : leur différence avec le meilleur peut être
# due au hasard.

# %%
trials = results.trials()
trials[["trial", "mean_val_accuracy", "std_val_accuracy", "p_against_best", "differs_from_best"]].head()

# %%
trials["differs_from_best"].value_counts(dropna=False)

# %% [markdown] lang="en"
# Which factor matters? Each point is the mean over all trials with this level:

# %% [markdown] lang="fr"
# Quel facteur compte ? Chaque point est la moyenne sur tous les essais de ce niveau :

# %%
results.figure("main-effects")

# %%
results.figure("heat-map")

# %% [markdown] lang="en"
# Accuracy against training time. No other trial is both more accurate and faster than a trial on the line (the Pareto
# front).

# %% [markdown] lang="fr"
# L’exactitude selon le temps d’entraînement. Aucun autre essai n’est à la fois plus exact et plus rapide que ceux de
# la ligne (le front de Pareto).

# %%
results.figure("trade-off")

# %% [markdown] lang="en"
# The report has everything in one page: tables that can be sorted and filtered, and the importance of the factors.

# %% [markdown] lang="fr"
# Le rapport réunit tout sur une page : des tableaux à trier et à filtrer, et l’importance des facteurs.

# %%
results.report()

# %% [markdown] lang="en"
# TensorBoard's HPARAMS tab has the same grid:

# %% [markdown] lang="fr"
# L’onglet HPARAMS de TensorBoard montre la même grille :

# %%
results.tensorboard()

# %% [markdown] lang="en"
# ## Exercises
#
# **1.** Depth and learning rate interact. Make the table of the mean accuracy for each pair of levels
# (`trials.pivot_table`). What happens to deep networks at 0.01?

# %% [markdown] lang="fr"
# ## Exercices
#
# **1.** La profondeur et le taux d’apprentissage interagissent. Faites le tableau de l’exactitude moyenne pour chaque
# paire de niveaux (`trials.pivot_table`). Qu’arrive-t-il aux réseaux profonds à 0,01 ?

# %% exercise=true

# %% [markdown] lang="en"
# **2.** Many trials tie with the best. The one-standard-error rule chooses, among the trials within one standard
# error of the best, the one with the fewest parameters. Which trial does it choose (column `chosen`)? Another rule
# needs no training: `tp_sweep.Sweep("sweeps/axe5.yaml", set={"report.select": "one_standard_error"},
# reports="rules").results()` writes another report, in the folder `rules`. And which is the best with at most 60,000
# parameters (`{"report.select": {"where": {"parameters": "<= 60000"}}}`)?

# %% [markdown] lang="fr"
# **2.** Beaucoup d’essais sont ex æquo avec le meilleur. La règle d’une erreur-type choisit, parmi les essais à moins
# d’une erreur-type du meilleur, celui qui a le moins de paramètres. Quel essai choisit-elle (colonne `chosen`) ? Une
# autre règle ne demande aucun entraînement : `tp_sweep.Sweep("sweeps/axe5.yaml", set={"report.select":
# "one_standard_error"}, reports="rules").results()` écrit un autre rapport, dans le dossier `rules`. Et quel est le
# meilleur avec au plus 60 000 paramètres (`{"report.select": {"where": {"parameters": "<= 60000"}}}`) ?

# %% exercise=true

# %% [markdown] lang="en"
# **3.** With more folds, more trials can be distinguished from the best: there are more scores, and each network is
# trained on more images. Take a small part of the grid (three depths, two widths, learning rate 0.1) and train it
# with 3 and with 10 folds (`validation.folds`). How many trials differ from the best?

# %% [markdown] lang="fr"
# **3.** Avec plus de plis, on distingue davantage d’essais du meilleur : il y a plus de scores, et chaque réseau est
# entraîné sur plus d’images. Prenez une petite partie de la grille (trois profondeurs, deux largeurs, taux
# d’apprentissage de 0,1) et entraînez-la avec 3 puis 10 plis (`validation.folds`). Combien d’essais diffèrent du
# meilleur ?

# %% exercise=true

# %% [markdown] lang="en"
# **4.** If you know scikit-learn, compare `results.cv_results_` with that of `GridSearchCV`.

# %% [markdown] lang="fr"
# **4.** Si vous connaissez scikit-learn, comparez `results.cv_results_` avec celui de `GridSearchCV`.

# %% exercise=true

# %% [markdown] lang="en"
# ## Solutions

# %% [markdown] lang="fr"
# ## Solutions

# %% [markdown] lang="en"
# **1.** At 0.1, depth makes little difference. At 0.01, the deeper the network, the less it has learnt after three
# epochs. The effect of one factor depends on the level of the other: an interaction.

# %% [markdown] lang="fr"
# **1.** À 0,1, la profondeur a peu d’effet. À 0,01, plus le réseau est profond, moins il a appris après trois
# époques. L’effet d’un facteur dépend du niveau de l’autre : c’est une interaction.

# %% solution=true
trials.pivot_table(index="param_model.layers", columns="param_training.learning_rate", values="mean_val_accuracy")

# %% [markdown] lang="en"
# **2.** The rule chooses the best trial itself: no network with fewer parameters is within one standard error of it.
# With at most 60,000 parameters, the best network is half as wide, and its accuracy is 0.5 percentage points lower.

# %% [markdown] lang="fr"
# **2.** La règle choisit le meilleur essai lui-même : aucun réseau avec moins de paramètres n’est à moins d’une
# erreur-type de celui-ci. Avec au plus 60 000 paramètres, le meilleur réseau est deux fois moins large, et son
# exactitude est inférieure de 0,5 point.

# %% solution=true
rules = {"one standard error": "one_standard_error", "at most 60,000": {"where": {"parameters": "<= 60000"}}}
chosen = {}
for name, rule in rules.items():
    sweep = tp_sweep.Sweep("sweeps/axe5.yaml", set={"report.select": rule}, reports="rules")
    found = sweep.results().trials()
    chosen[name] = found[found["chosen"]][["trial", "mean_val_accuracy", "parameters"]].iloc[0]
chosen

# %% [markdown] lang="en"
# **3.** With 3 folds, none. With 10 folds, one: the narrower network with three layers.

# %% [markdown] lang="fr"
# **3.** Avec 3 plis, aucun. Avec 10 plis, un seul : le réseau à trois couches le moins large.

# %% solution=true
part = {"model.layers": [1, 2, 3], "model.width": [64, 128]}
differing = {}
for folds in [3, 10]:
    settings = {
        "name": f"axe5-folds{folds}",
        "training.learning_rate": 0.1,
        "validation.folds": folds,
        "grid": part,
    }
    found = tp_sweep.run("sweeps/axe5.yaml", set=settings).trials()
    differing[folds] = int(found["differs_from_best"].fillna(False).astype(bool).sum())
differing

# %% [markdown] lang="en"
# **4.** The names are the same. scikit-learn calls the validation scores `test` scores.

# %% [markdown] lang="fr"
# **4.** Les noms sont les mêmes. scikit-learn appelle `test` les scores de validation.

# %% solution=true
{name: values[:2] for name, values in results.cv_results_.items() if "test" in name}
