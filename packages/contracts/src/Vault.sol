// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IPriceOracle} from "./interfaces/IPriceOracle.sol";
import {FillSide, IVault, Settlement} from "./interfaces/IVault.sol";
import {MarginMath} from "./libraries/MarginMath.sol";
import {SystemLock} from "./libraries/SystemLock.sol";
import {MarketLedger} from "./types/Market.sol";
import {PackedPosition, Position} from "./types/Position.sol";
import {Base, Price, Quote, QuoteLib, ZERO_QUOTE} from "./types/Units.sol";

/// @title The ledger: collateral, funds, positions and margin
/// @notice Knows no prices, makers or rules of its own. It keeps the books such that, for every market, the sum of all
/// sizes is zero (L1), what accounts are worth together is what the market holds (L2), and the tokens here are at least
/// what funds and markets are owed (L3).
/// @dev Funds and market balances are XCD and move only with tokens or each other; positions and margin are WAD and move
/// only by fills of which the two sides cancel exactly. Nothing in here rounds except account values.
///
/// The collateral must be a plain ERC-20 of at most 18 decimals. Fee-on-transfer tokens are credited with what arrives;
/// tokens whose balances change by themselves are not supported.
contract Vault is IVault {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    /// @inheritdoc IVault
    IERC20 public immutable asset;
    /// @inheritdoc IVault
    uint256 public immutable assetScale;
    /// @inheritdoc IVault
    address public immutable clearingHouse;
    /// @inheritdoc IVault
    IPriceOracle public immutable oracle;

    /// @inheritdoc IVault
    mapping(address account => uint256 amountXCD) public fundOf;
    /// @inheritdoc IVault
    mapping(address account => mapping(address operator => bool approved)) public isOperator;
    mapping(uint256 marketId => MarketLedger ledger) private _markets;
    mapping(uint256 marketId => mapping(address account => PackedPosition position)) private _positions;

    /// @dev Whether the maker of the open fill window drew from its margin.
    bool private transient _drew;
    /// @dev Market that {beginReceive} credits.
    uint256 private transient _receiveMarket;
    /// @dev Token balance at {beginReceive}, plus one; zero when nothing is being received.
    uint256 private transient _balanceMark;

    constructor(IERC20 asset_, address clearingHouse_, IPriceOracle oracle_) {
        if (address(asset_) == address(0) || clearingHouse_ == address(0) || address(oracle_) == address(0)) {
            revert ZeroAddress();
        }
        asset = asset_;
        // Reverts by underflow for a token of more than 18 decimals.
        assetScale = 10 ** (18 - IERC20Metadata(address(asset_)).decimals());
        clearingHouse = clearingHouse_;
        oracle = oracle_;
    }

    modifier onlyClearingHouse() {
        _checkClearingHouse();
        _;
    }

    /// @dev For actions that begin and end within one call to the Vault.
    modifier locked() {
        SystemLock.acquire(msg.sender);
        _;
        SystemLock.release();
    }

    // ---------------------------------------------------------------------------------------------------- funds ----

    /// @inheritdoc IVault
    function deposit(address account, uint256 amountXCD) external locked returns (uint256 receivedXCD) {
        if (account == address(0)) revert ZeroAddress();
        uint256 balanceBefore = asset.balanceOf(address(this));
        asset.safeTransferFrom(msg.sender, address(this), amountXCD);
        receivedXCD = asset.balanceOf(address(this)) - balanceBefore;
        if (receivedXCD == 0) revert ZeroAmount();
        fundOf[account] += receivedXCD;
        emit Deposited(account, msg.sender, receivedXCD);
    }

    /// @inheritdoc IVault
    function withdraw(uint256 amountXCD, address to) external locked {
        if (to == address(0)) revert ZeroAddress();
        _debitFund(msg.sender, amountXCD);
        emit Withdrawn(msg.sender, to, amountXCD);
        asset.safeTransfer(to, amountXCD);
    }

    /// @inheritdoc IVault
    function transferFundToMargin(uint256 marketId, address account, uint256 amountXCD) external locked {
        _checkAuthorized(account, msg.sender);
        _market(marketId);
        _debitFund(account, amountXCD);
        _creditMargin(marketId, account, amountXCD);
        emit FundToMargin(marketId, account, amountXCD);
    }

    /// @inheritdoc IVault
    function transferMarginToFund(uint256 marketId, address account, uint256 amountXCD) external locked {
        _checkAuthorized(account, msg.sender);
        _debitFreeMargin(marketId, account, amountXCD);
        fundOf[account] += amountXCD;
        emit MarginToFund(marketId, account, amountXCD);
    }

    /// @inheritdoc IVault
    function setOperator(address operator, bool approved) external {
        isOperator[msg.sender][operator] = approved;
        emit OperatorSet(msg.sender, operator, approved);
    }

    // -------------------------------------------------------------------------------------- LP vaults and hedges ----

    /// @inheritdoc IVault
    function lock() external {
        SystemLock.acquire(msg.sender);
    }

    /// @inheritdoc IVault
    function unlock() external {
        SystemLock.requireHolder(msg.sender);
        // A fill's lock ends with the fill only, and a receipt's with its credit.
        if (!SystemLock.isPlain() || _balanceMark != 0) revert Locked(msg.sender);
        SystemLock.release();
    }

    /// @inheritdoc IVault
    function beginReceive(uint256 marketId) external {
        if (_balanceMark != 0) revert Locked(SystemLock.holder());
        if (SystemLock.holder() == msg.sender) {
            if (!SystemLock.isPlain() && SystemLock.fillMarket() != marketId) {
                revert NoFillWindow(msg.sender, marketId);
            }
        } else {
            SystemLock.acquireForReceipt(msg.sender);
        }
        _market(marketId);
        _receiveMarket = marketId;
        _balanceMark = asset.balanceOf(address(this)) + 1;
    }

    /// @inheritdoc IVault
    function endReceive() external returns (uint256 receivedXCD) {
        SystemLock.requireHolder(msg.sender);
        uint256 mark = _balanceMark;
        if (mark == 0) revert NotLockHolder(msg.sender, address(0));
        _balanceMark = 0;
        uint256 marketId = _receiveMarket;
        receivedXCD = asset.balanceOf(address(this)) - (mark - 1);
        _creditMargin(marketId, msg.sender, receivedXCD);
        emit MarginReceived(marketId, msg.sender, receivedXCD);
        if (SystemLock.isForReceipt()) SystemLock.release();
    }

    /// @inheritdoc IVault
    function withdrawMargin(uint256 marketId, uint256 amountXCD, address to) external {
        // An LP vault that holds the lock may pay out under it; everybody else takes it for this call.
        bool nested = SystemLock.holder() == msg.sender && SystemLock.isPlain() && _balanceMark == 0;
        if (!nested) SystemLock.acquire(msg.sender);
        _debitFreeMargin(marketId, msg.sender, amountXCD);
        emit MarginPaidOut(marketId, msg.sender, to, amountXCD);
        asset.safeTransfer(to, amountXCD);
        if (!nested) SystemLock.release();
    }

    /// @inheritdoc IVault
    function draw(uint256 amountXCD, address to) external {
        if (SystemLock.holder() != msg.sender || !SystemLock.hasFillWindow()) {
            revert NoFillWindow(msg.sender, SystemLock.fillMarket());
        }
        // What leaves during a receipt would be counted against what arrives.
        if (_balanceMark != 0) revert Locked(msg.sender);
        uint256 marketId = SystemLock.fillMarket();
        _drew = true;
        PackedPosition storage stored = _positions[marketId][msg.sender];
        Position memory position = stored.load();
        _debitMargin(marketId, position, amountXCD);
        stored.store(position);
        emit MarginPaidOut(marketId, msg.sender, to, amountXCD);
        asset.safeTransfer(to, amountXCD);
    }

    // ------------------------------------------------------------------------------------------ ClearingHouse only ----

    /// @inheritdoc IVault
    function createMarket(
        uint256 marketId,
        uint24 initialMarginRatio,
        uint24 maintenanceMarginRatio,
        uint8 feeIndexDecimals
    ) external onlyClearingHouse {
        MarketLedger storage ledger = _markets[marketId];
        if (ledger.initialMarginRatio != 0) revert MarketExists(marketId);
        if (maintenanceMarginRatio == 0 || maintenanceMarginRatio >= initialMarginRatio || initialMarginRatio > 1e6) {
            revert InvalidMarginRatios(initialMarginRatio, maintenanceMarginRatio);
        }
        ledger.initialMarginRatio = initialMarginRatio;
        ledger.maintenanceMarginRatio = maintenanceMarginRatio;
        ledger.feeIndexDecimals = feeIndexDecimals;
        emit MarketCreated(marketId, initialMarginRatio, maintenanceMarginRatio);
    }

    /// @inheritdoc IVault
    function openFill(uint256 marketId, address taker, address maker, address caller)
        external
        onlyClearingHouse
        returns (Base takerSize, Base makerSize, Quote makerOpenNotional, Quote makerMargin)
    {
        _checkAuthorized(taker, caller);
        SystemLock.acquireForFill(maker, marketId);
        Position memory position = _positions[marketId][maker].load();
        takerSize = _positions[marketId][taker].load().size;
        return (takerSize, position.size, position.openNotional, position.margin);
    }

    /// @inheritdoc IVault
    function settleFill(uint256 marketId, address taker, address maker, Base base, Quote quote, Price price)
        external
        onlyClearingHouse
        returns (Settlement memory settlement)
    {
        MarketLedger storage ledger = _market(marketId);
        settlement.initialMarginRatio = ledger.initialMarginRatio;
        settlement.maintenanceMarginRatio = ledger.maintenanceMarginRatio;

        Quote takerPnl = _settleSide(settlement.taker, _positions[marketId][taker], base, quote, price);
        Quote makerPnl = _settleSide(settlement.maker, _positions[marketId][maker], -base, -quote, price);

        emit PositionsChanged(
            marketId, taker, maker, base.unwrap(), quote.unwrap(), takerPnl.unwrap(), makerPnl.unwrap(), price.unwrap()
        );
        SystemLock.endFillWindow();
        if (_drew) {
            _drew = false;
            int256 margin = _positions[marketId][maker].load().margin.unwrap();
            if (margin < 0) revert DrawnBelowZero(margin);
        }
    }

    /// @inheritdoc IVault
    function closeFill() external onlyClearingHouse {
        // A receipt left open would credit somebody else's later deposit a second time.
        if (_balanceMark != 0) revert Locked(SystemLock.holder());
        SystemLock.release();
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IVault
    function positionOf(uint256 marketId, address account) external view returns (Position memory) {
        return _positions[marketId][account].load();
    }

    /// @inheritdoc IVault
    function marketOf(uint256 marketId) external view returns (MarketLedger memory) {
        return _markets[marketId];
    }

    /// @inheritdoc IVault
    function valuePosition(uint256 marketId, address account)
        external
        view
        returns (Position memory position, Price price, Quote accountValue)
    {
        SystemLock.requireUnlocked();
        position = _positions[marketId][account].load();
        if (position.size.isZero()) return (position, price, position.margin);
        (price,) = oracle.getPrice(marketId);
        accountValue = position.value(price);
    }

    /// @inheritdoc IVault
    function lockHolder() external view returns (address) {
        return SystemLock.holder();
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _settleSide(FillSide memory side, PackedPosition storage stored, Base base, Quote quote, Price price)
        private
        returns (Quote realizedPnl)
    {
        Position memory position = stored.load();
        side.sizeBefore = position.size;
        side.valueBefore = position.value(price);
        realizedPnl = position.applyFill(base, quote);
        side.sizeAfter = position.size;
        side.valueAfter = position.value(price);
        stored.store(position);
    }

    function _debitFund(address account, uint256 amountXCD) private {
        if (amountXCD == 0) revert ZeroAmount();
        uint256 available = fundOf[account];
        if (amountXCD > available) revert InsufficientFund(amountXCD, available);
        unchecked {
            fundOf[account] = available - amountXCD;
        }
    }

    function _creditMargin(uint256 marketId, address account, uint256 amountXCD) private {
        PackedPosition storage stored = _positions[marketId][account];
        Position memory position = stored.load();
        position.margin = position.margin + QuoteLib.toQuote(amountXCD * assetScale);
        stored.store(position);
        MarketLedger storage ledger = _markets[marketId];
        ledger.balance = (uint256(ledger.balance) + amountXCD).toUint128();
    }

    /// @dev The market pays out of what it holds and no more (L3), whatever the account is worth.
    function _debitMargin(uint256 marketId, Position memory position, uint256 amountXCD) private {
        if (amountXCD == 0) revert ZeroAmount();
        MarketLedger storage ledger = _market(marketId);
        uint256 available = ledger.balance;
        if (amountXCD > available) revert InsufficientMarketBalance(amountXCD, available);
        unchecked {
            // Smaller than a uint128, by the check above.
            // forge-lint: disable-next-line(unsafe-typecast)
            ledger.balance = uint128(available - amountXCD);
        }
        position.margin = position.margin - QuoteLib.toQuote(amountXCD * assetScale);
    }

    /// @dev L6 for withdrawals: unrealised loss counts, unrealised profit does not.
    function _debitFreeMargin(uint256 marketId, address account, uint256 amountXCD) private {
        PackedPosition storage stored = _positions[marketId][account];
        Position memory position = stored.load();
        _debitMargin(marketId, position, amountXCD);
        stored.store(position);

        Quote left = position.margin;
        uint256 required;
        if (!position.size.isZero()) {
            (Price price,) = oracle.getPrice(marketId);
            left = left.min(position.value(price));
            required =
                MarginMath.requirementCeil(position.size.notionalCeil(price), _markets[marketId].initialMarginRatio);
        }
        if (left < ZERO_QUOTE || left.positivePart() < required) revert InsufficientMargin(left.unwrap(), required);
    }

    function _market(uint256 marketId) private view returns (MarketLedger storage ledger) {
        ledger = _markets[marketId];
        if (ledger.initialMarginRatio == 0) revert UnknownMarket(marketId);
    }

    function _checkAuthorized(address account, address caller) private view {
        if (account != caller && !isOperator[account][caller]) revert NotAuthorized(account, caller);
    }

    function _checkClearingHouse() private view {
        if (msg.sender != clearingHouse) revert NotClearingHouse(msg.sender, clearingHouse);
    }
}
