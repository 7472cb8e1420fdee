// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {FillInput, IMaker} from "../interfaces/IMaker.sol";
import {IQuoteMargin} from "../interfaces/IQuoteMargin.sol";
import {IQuoteHedger} from "../interfaces/ISpotHedger.sol";
import {HedgeMath} from "../libraries/HedgeMath.sol";
import {HedgeMarginMath} from "../libraries/HedgeMarginMath.sol";
import {LiabilityMath} from "../libraries/LiabilityMath.sol";
import {MarginMath} from "../libraries/MarginMath.sol";
import {NotSelf} from "../types/Errors.sol";
import {Position} from "../types/Position.sol";
import {Base, BaseLib, PPM, Price, Quote, QuoteLib} from "../types/Units.sol";
import {SpotHedgeMaker} from "./spot-hedge/SpotHedgeMaker.sol";
import {QuoteVaultModule} from "./spot-hedge/QuoteVaultModule.sol";
import {QuoteVaultStorage} from "./spot-hedge/QuoteVaultStorage.sol";
import {SpotHedgeStorage} from "./spot-hedge/SpotHedgeStorage.sol";

/// @title An LP vault of quote that hedges every fill on a spot market in the same transaction
/// @notice When a taker buys, the vault buys the same base on the spot market out of its balance and moves margin for its
/// short; when a taker sells, it sells that base again, and margin that is no longer needed comes back. The base it holds
/// is always what it is short in perpetuals, so that LPs are exposed to quote alone (H1). Its perpetual position is never
/// long.
/// @dev A short loses margin when the price rises, while the gain sits in spot: see {rebalance} and {deleverage}.
contract SpotHedgeQuoteMaker is QuoteVaultStorage, SpotHedgeMaker, IQuoteMargin, IQuoteHedger {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    error ModuleMismatch(QuoteVaultModule module_);

    /// @dev The keeper's fee cannot be set higher, ppm.
    uint256 private constant MAX_KEEPER_FEE = 1_000;
    /// @dev Either leg of a deleveraging is bound by a quarter of what binds hedges, at most.
    uint256 private constant DELEVERAGE_PART = 4;

    /// @param module_ of the same exchange, market and base token. It is deployed before, because the code of both would not
    /// fit into one deployment.
    constructor(
        string memory name_,
        string memory symbol_,
        address owner_,
        IClearingHouse clearingHouse_,
        uint256 marketId_,
        IERC20 baseToken_,
        Parameters memory parameters_,
        QuoteRules memory rules,
        QuoteVaultModule module_
    )
        SpotHedgeStorage(name_, symbol_, owner_, clearingHouse_, marketId_, clearingHouse_.vault().asset(), baseToken_)
        SpotHedgeMaker(parameters_, module_)
    {
        bool isOurs = module_.clearingHouse() == clearingHouse_ && module_.marketId() == marketId_
            && module_.baseToken() == baseToken_;
        if (!isOurs) revert ModuleMismatch(module_);
        _setQuoteRules(rules);
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Sets margin, reserve, and the terms of keepers.
    function setQuoteRules(QuoteRules calldata rules) external onlyOwner {
        _setQuoteRules(rules);
        _vault.setCapacity(marketId, 0, _capacity());
    }

    // ----------------------------------------------------------------------------------------- margin, by the LP module ----

    /// @inheritdoc IQuoteMargin
    function rebalance() external returns (int256) {
        _delegateToModule();
    }

    /// @inheritdoc IQuoteMargin
    function announceDeleverage() external {
        _delegateToModule();
    }

    /// @inheritdoc IQuoteMargin
    function deleverage(address, bytes[] calldata) external returns (uint256) {
        _delegateToModule();
    }

    /// @inheritdoc IQuoteMargin
    function getHedge() external view returns (QuoteHedge memory) {
        _readModule();
    }

    /// @inheritdoc IQuoteHedger
    function sellHeld(uint256 units, Price price, uint24 maxDeviation) external returns (uint256 quote) {
        if (msg.sender != address(this)) revert NotSelf(msg.sender);
        Parameters memory p = _parameters;
        p.maxHedgeDeviation = maxDeviation;
        Hedge memory hedge = _sell(p, true, units);
        _requireNear(p, price, hedge);
        _reportHedge(p, address(this), price, -hedge.base.toInt256(), hedge.quote, hedge.quote);
        return hedge.quote;
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IMaker
    function getUtilRatio() external view returns (uint256 longUtilRatio, uint256 shortUtilRatio) {
        return (LiabilityMath.utilRatioUp(assetBalance, assetLiability), 0);
    }

    /// @inheritdoc IMaker
    /// @dev What all that LPs have put in pays for at the last price, margin and reserve included; the vault is never long.
    function getCapacity() external view returns (uint256 long, uint256 short) {
        return (0, _capacity());
    }

    // ---------------------------------------------------------------------------------------------------- hedges ----

    /// @dev The vault is short or flat, and grows when takers buy.
    function _isGrowing(bool isBaseToQuote) internal pure override returns (bool) {
        return !isBaseToQuote;
    }

    function _buyBase(Parameters memory p, FillInput memory input, uint256 amount)
        internal
        override
        returns (Hedge memory hedge)
    {
        uint256 size = input.makerSize.abs();
        uint256 units = HedgeMath.unitsBetween(size, size + amount, _baseScale);
        if (units != 0) hedge = _buy(p, false, units);
    }

    function _sellBase(Parameters memory p, FillInput memory input, uint256 amount)
        internal
        override
        returns (Hedge memory hedge)
    {
        uint256 size = input.makerSize.abs();
        _requireWithin(amount, size);
        uint256 units = HedgeMath.unitsBetween(size - amount, size, _baseScale);
        if (units != 0) hedge = _sell(p, true, units);
    }

    /// @dev A short that somebody else has made larger is followed out of the balance.
    function _buyFree(Parameters memory p, uint256 units, Price) internal override returns (Hedge memory) {
        return _buy(p, false, units);
    }

    /// @dev Proceeds go into the balance.
    function _sell(Parameters memory p, bool isExactInput, uint256 units)
        internal
        override
        returns (Hedge memory hedge)
    {
        _payment = Payment.Fill;
        (uint256 sold, uint256 proceeds) = _swapHere(p, true, isExactInput, units, asset);
        assetBalance = (uint256(assetBalance) + proceeds).toUint128();
        (hedge.base, hedge.quote) = (sold * _baseScale, proceeds * _quoteScale);
    }

    /// @dev Base is held here.
    function _buy(Parameters memory p, bool isExactInput, uint256 units)
        internal
        override
        returns (Hedge memory hedge)
    {
        _payment = Payment.Fill;
        (uint256 spent, uint256 bought) = _swapHere(p, false, isExactInput, units, _baseToken);
        baseBalance = (uint256(baseBalance) + bought).toUint128();
        (hedge.base, hedge.quote) = (bought * _baseScale, spent * _quoteScale);
    }

    /// @dev Base that a flat vault holds is what it has to sell.
    function _writeOff(int256 gap) internal override {
        // At most what is held.
        // forge-lint: disable-next-line(unsafe-typecast)
        if (gap < 0) baseBalance -= uint128(uint256(-gap));
    }

    /// @dev Both tokens are held here.
    function _pay(bool isBaseToQuote, uint256 amount, address to, Payment) internal override {
        uint256 available = isBaseToQuote ? baseBalance : assetBalance;
        if (amount > available) {
            if (isBaseToQuote) revert MakerCapacityExceeded(amount * _baseScale, available * _baseScale);
            revert MakerQuoteCapacityExceeded(amount * _quoteScale, _quoteRoom());
        }
        // Below a uint128 that was stored.
        // forge-lint: disable-start(unsafe-typecast)
        if (isBaseToQuote) baseBalance = uint128(available - amount);
        else assetBalance = uint128(available - amount);
        // forge-lint: disable-end(unsafe-typecast)
        (isBaseToQuote ? _baseToken : asset).safeTransfer(to, amount);
    }

    /// @dev What the balance can spend on base within the bound of hedges, margin and reserve provided. WAD quote, down;
    /// needed for the error alone.
    function _quoteRoom() private view returns (uint256) {
        (Price price,) = oracle.getPrice(marketId);
        uint256 needed = _marginRequirement(_position(), price).total;
        uint256 held = uint256(assetBalance) * _quoteScale;
        if (held <= needed) return 0;
        uint256 beside = uint256(_targetMarginRatio) + _reserveRatio;
        return Math.mulDiv(held - needed, PPM, PPM + Math.mulDiv(beside, PPM + _parameters.maxHedgeDeviation, PPM));
    }

    /// @dev The vault is short or flat, before and after.
    function _unitsForced(Base size, int256 base) internal view override returns (int256) {
        uint256 short = size.abs();
        // forge-lint: disable-next-line(unsafe-typecast)
        return int256(short / _baseScale) - int256(uint256(int256(short) + base) / _baseScale);
    }

    // ---------------------------------------------------------------------------------------------------- margin ----

    /// @dev Leaves the margin at its target. A fill that makes the position larger must find what that takes in the balance,
    /// and the reserve beside it; one that makes it smaller takes what is there, never fails for it (T9), and takes back
    /// what is beyond the target. Unrealised profit is no margin.
    function _supplyMargin(FillInput memory input, Fill memory fill, Hedge memory hedge) internal override {
        Position memory position;
        (position.size, position.openNotional, position.margin) =
        (input.makerSize, input.makerOpenNotional, input.makerMargin);
        MarginRequirement memory before;
        bool isGrowing = _isGrowing(fill.isBaseToQuote);
        if (isGrowing) before = _marginRequirement(position, input.price);
        Base base = BaseLib.toBase(fill.base);
        Quote quote = QuoteLib.toQuote(fill.quote);
        // What the fill realises goes into the position's margin, which is what is looked at.
        // slither-disable-next-line unused-return
        if (isGrowing) position.applyFill(-base, quote);
        // slither-disable-next-line unused-return
        else position.applyFill(base, -quote);
        MarginRequirement memory after_ = _marginRequirement(position, input.price);

        uint256 held = uint256(assetBalance) * _quoteScale;
        if (isGrowing) {
            if (after_.total > held) {
                uint256 available = HedgeMarginMath.availableDown(
                    fill.base, held + hedge.quote, before.total, after_.total + hedge.quote
                );
                revert MakerCapacityExceeded(fill.base, available - available % _baseScale);
            }
        } else if (after_.lacking < 0) {
            _takeBack(uint256(-after_.lacking) / _quoteScale);
            return;
        }
        if (after_.lacking <= 0) return;
        uint256 amountXCD = Math.min(Math.ceilDiv(uint256(after_.lacking), _quoteScale), assetBalance);
        if (amountXCD == 0) return;
        _moveIn(amountXCD);
    }

    /// @dev What a position wants of the balance.
    struct MarginRequirement {
        /// @dev WAD quote that the margin lacks (> 0) or has too much of (< 0).
        int256 lacking;
        /// @dev What it lacks and the reserve, in whole units of the collateral, each up; WAD quote.
        uint256 total;
    }

    function _marginRequirement(Position memory position, Price price)
        private
        view
        returns (MarginRequirement memory demand)
    {
        uint256 notional = position.size.notionalCeil(price);
        Quote counted = position.margin.min(position.value(price));
        demand.lacking = HedgeMarginMath.lacking(counted, notional, _targetMarginRatio);
        demand.total = Math.ceilDiv(MarginMath.requirementCeil(notional, _reserveRatio), _quoteScale) * _quoteScale;
        // forge-lint: disable-next-line(unsafe-typecast)
        if (demand.lacking > 0) demand.total += Math.ceilDiv(uint256(demand.lacking), _quoteScale) * _quoteScale;
    }

    /// @dev Margin back into the balance. A market that owes more than it holds does not stop a fill: {rebalance} comes for
    /// it later.
    function _takeBack(uint256 amountXCD) private {
        if (amountXCD == 0) return;
        try _vault.draw(amountXCD, address(this)) {
            assetBalance = (uint256(assetBalance) + amountXCD).toUint128();
        } catch {}
    }

    /// @dev The rest of the relations is checked against parameters that may change, in {SpotHedgeMaker} then.
    function _setQuoteRules(QuoteRules memory rules) private {
        (,, uint256 initial,) = _vault.marginRatiosOf(marketId);
        _checkRatio(rules.targetMarginRatio, Math.max(_parameters.minMarginRatio, initial), PPM);
        _checkRatio(rules.reserveRatio, 0, PPM);
        // What keepers let pass is still above what a position needs to be opened.
        _checkRatio(rules.rebalanceBand, 1, rules.targetMarginRatio - initial);
        _checkRatio(rules.deleverageRatio, initial, rules.targetMarginRatio - rules.rebalanceBand);
        _checkRatio(rules.maxDeleverageDeviation, 1, _parameters.maxHedgeDeviation / DELEVERAGE_PART);
        _checkRatio(rules.keeperFeeRatio, 0, MAX_KEEPER_FEE);
        if (rules.delay == 0 || rules.priceWindow == 0 || rules.validity < rules.priceWindow) {
            revert InvalidTimes(rules.delay, rules.priceWindow, rules.validity);
        }
        _quoteRules = rules;
        (_targetMarginRatio, _reserveRatio) = (rules.targetMarginRatio, rules.reserveRatio);
        emit QuoteRulesSet(rules);
    }

    /// @dev Far looser than what binds either leg of a deleveraging.
    function _minHedgeDeviation() internal view override returns (uint256) {
        return Math.max(super._minHedgeDeviation(), DELEVERAGE_PART * _quoteRules.maxDeleverageDeviation);
    }

    /// @dev Fills must be able to leave it.
    function _maxMinMarginRatio() internal view override returns (uint256) {
        uint256 target = _targetMarginRatio;
        return target == 0 ? PPM : target;
    }
}
